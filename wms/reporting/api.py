"""HTTP resources of reporting."""

from litestar.handlers import HTTPRouteHandler

handlers: list[HTTPRouteHandler] = []
