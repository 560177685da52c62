"""HTTP resources of shipping."""

from litestar.handlers import HTTPRouteHandler

handlers: list[HTTPRouteHandler] = []
