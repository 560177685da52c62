"""HTTP resources of locations."""

from litestar.handlers import HTTPRouteHandler

handlers: list[HTTPRouteHandler] = []
