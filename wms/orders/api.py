"""HTTP resources of orders."""

from litestar.handlers import HTTPRouteHandler

handlers: list[HTTPRouteHandler] = []
