"""HTTP resources of picking."""

from litestar.handlers import HTTPRouteHandler

handlers: list[HTTPRouteHandler] = []
