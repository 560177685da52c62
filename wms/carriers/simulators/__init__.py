"""Couriers of one's own: real HTTP servers on loopback with the carriers' wire formats, memories, and moods.

An operator rehearses a peak with them, the tests and the demo book with them, and nobody is ever charged. Whatever a real
one does that hurts can be switched on under ``/__sim/``: answers that come late, never, in half or as a web page, refusals,
expired sessions, connections that break before or after the booking was stored. What they print can be scanned.
"""
