"""HTTP resources of stock."""

from litestar.handlers import HTTPRouteHandler

handlers: list[HTTPRouteHandler] = []
