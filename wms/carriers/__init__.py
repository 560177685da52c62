"""The outside world's couriers: a port of our own, and one folder for each carrier behind it.

Why our own port: the two libraries for this either bring down every carrier when one plug-in is broken, or switch
TLS verification off for the whole process, and neither knows the Polish carriers. Here plug-ins are found through
the entry points ``wms.carriers`` and loaded one by one; what is wrong with one stays with it.

No carrier's API has an idempotency key. So whoever calls an adapter has committed the intent first, has no
transaction open, gives our own number as ``reference``, and asks ``find_by_reference`` before a second ``create``.
"""
