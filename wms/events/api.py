"""HTTP resources of events."""

from litestar.handlers import HTTPRouteHandler

handlers: list[HTTPRouteHandler] = []
