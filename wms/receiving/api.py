"""HTTP resources of receiving."""

from litestar.handlers import HTTPRouteHandler

handlers: list[HTTPRouteHandler] = []
