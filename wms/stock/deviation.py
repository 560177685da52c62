"""What the verifiers report: a law of the ledger that does not hold, and where."""

import msgspec


class Deviation(msgspec.Struct, frozen=True):
    """``law`` is the name of the rule, ``what`` the thing (``move 17``, ``seal 3``, ``SKU 5 at location 9 ...``)."""

    law: str
    shop_id: int
    what: str
    detail: str
