"""HTTP resources of catalog."""

from litestar.handlers import HTTPRouteHandler

handlers: list[HTTPRouteHandler] = []
