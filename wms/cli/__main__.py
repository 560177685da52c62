"""``python -m wms.cli``."""

from wms.cli import main

main()
