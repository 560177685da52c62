"""Lists as a file for a spreadsheet: UTF-8 with its mark, semicolons, and no cell that would run as a formula."""

import csv
import io
from collections.abc import Iterable, Sequence

from litestar import Response

from wms.printing.cells import risky
from wms.web.html import HEADERS

MOST_ROWS = 10_000


def sheet(name: str, heads: Sequence[str], rows: Iterable[Sequence[object]]) -> Response[bytes]:
    """The file ``name``.csv. Times are written as RFC 3339 by whoever calls."""
    out = io.StringIO()
    lines = csv.writer(out, delimiter=";")
    lines.writerow(heads)
    for row in rows:
        lines.writerow(["" if v is None else safe(v) for v in row])
    return Response(
        ("\ufeff" + out.getvalue()).encode(),
        media_type="text/csv; charset=utf-8",
        headers=HEADERS | {"Content-Disposition": f'attachment; filename="{name}.csv"'},
    )


def safe(value: object) -> object:
    """A cell that no spreadsheet runs."""
    return f"'{value}" if isinstance(value, str) and risky(value) else value
