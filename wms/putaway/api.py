"""HTTP resources of putaway."""

from litestar.handlers import HTTPRouteHandler

handlers: list[HTTPRouteHandler] = []
