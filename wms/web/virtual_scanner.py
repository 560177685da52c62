"""Whether this installation teaches: ``WMS_VIRTUAL_SCANNER=1``, as in the demo.

On a real floor a code is scanned from the thing itself, and no statement looks for one that a learner could click.
"""

import os


def teaches() -> bool:
    return os.environ.get("WMS_VIRTUAL_SCANNER") == "1"
