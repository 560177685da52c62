"""HTTP resources of counting."""

from litestar.handlers import HTTPRouteHandler

handlers: list[HTTPRouteHandler] = []
