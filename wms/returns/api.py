"""HTTP resources of returns."""

from litestar.handlers import HTTPRouteHandler

handlers: list[HTTPRouteHandler] = []
