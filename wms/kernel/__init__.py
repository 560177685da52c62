"""Plain Python that everything rests on: texts, refusals, states, clocks, numbers, the scan parser.

Nothing here knows of a database, of HTTP or of a shop.
"""
