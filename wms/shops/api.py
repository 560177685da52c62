"""HTTP resources of shops."""

from litestar.handlers import HTTPRouteHandler

handlers: list[HTTPRouteHandler] = []
