"""HTTP resources of packing."""

from litestar.handlers import HTTPRouteHandler

handlers: list[HTTPRouteHandler] = []
