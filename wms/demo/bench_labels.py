"""Labels; the limit is the same drawing without us: reportlab with the strings and bars that came out, a format string."""

import io
import re
import time
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from reportlab.pdfgen.canvas import Canvas

from wms.demo.bench_report import Row, per_second
from wms.demo.bench_site import Site
from wms.kernel.numbers import gs1_check_digit
from wms.printing import fonts
from wms.printing.fields import FIELDS
from wms.printing.layout import Bars, Grid, Line, Mark
from wms.printing.pdf import render_pdf
from wms.printing.templates import LabelTemplate, load_template
from wms.printing.zpl import render_zpl

ROUNDS = 3
_FIELD = re.compile(r"\^FD(.*?)\^FS")


def sample(no: int) -> dict[str, Any]:
    """A parcel label with cash on delivery, like all others and unlike each of them."""
    found: dict[str, Any] = {}
    for path, value in FIELDS["parcel"].items():
        at = found
        *above, name = path.split(".")
        for part in above:
            at = at.setdefault(part, {})
        at[name] = value
    found["tracking_number"] = f"5201130123456789{no:08}"
    found["receiver"]["name"] = f"Małgorzata Brzęczyszczykiewicz {no}"
    found["receiver"]["street"] = f"ul. Świętokrzyska {no} m. {no % 90}"
    found["receiver"]["postcode"] = f"31-{no % 1000:03}"
    found["receiver"]["phone"] = f"+48 601 {no // 1000:03} {no % 1000:03}"
    found["parcel"]["weight"] = 500 + no
    found["sscc"] = (body := f"35900773{no:09}") + gs1_check_digit(body)
    found["order"]["reference"] = f"ZZ-2026-118-{no:05}"
    found["cod"]["amount"] = Decimal(no) / 100 + 1
    return found


def bare_pdf(template: LabelTemplate, labels: Sequence[Sequence[Mark]]) -> bytes:
    """Strings and rectangles where they were, one by one, as anybody would draw them."""
    page = template.page
    dot = 72 / 25.4 / page.dots_per_mm
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(page.width * dot, page.height * dot), pageCompression=1, invariant=1)
    for marks in labels:
        canvas.scale(dot, dot)
        for m in marks:
            if isinstance(m, Line):
                canvas.setFont(fonts.BOLD if m.bold else fonts.REGULAR, m.size)
                canvas.drawString(m.x, page.height - m.baseline, m.text)
            elif isinstance(m, Bars):
                x = m.x
                for i, run in enumerate(m.symbol.runs):
                    if i % 2 == 0:
                        canvas.rect(
                            x, page.height - m.y - m.height, run * m.module, m.height, stroke=0, fill=1
                        )
                    x += run * m.module
            elif isinstance(m, Grid):
                for i, row in enumerate(m.squares.rows, 1):
                    for j, square in enumerate(row):
                        if square == "1":
                            place = (m.x + j * m.module, page.height - m.y - i * m.module)
                            canvas.rect(*place, m.module, m.module, stroke=0, fill=1)
            else:
                canvas.rect(m.x, page.height - m.y - m.height, m.width, m.height, stroke=0, fill=1)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def bare_zpl(zpl: str) -> tuple[str, list[tuple[str, ...]]]:
    """The first label as a format string, and what stands in the fields of each label, formatted and measured."""
    labels = zpl.split("^XZ\n")[:-1]
    form = _FIELD.sub("^FD%s^FS", labels[0].replace("%", "%%")) + "^XZ\n"
    count = form.count("%s")
    return form, [tuple((_FIELD.findall(label) + [""] * count)[:count]) for label in labels]


def _in_turn(
    ours: Callable[[], object], bare: Callable[[], object], rounds: int = ROUNDS
) -> tuple[float, float]:
    """CPU seconds of each, the best of some rounds."""
    best = [float("inf"), float("inf")]
    for _ in range(rounds):
        for i, work in enumerate((ours, bare)):
            begun = time.process_time()
            work()
            best[i] = min(best[i], time.process_time() - begun)
    return best[0], best[1]


def _row(what: str, n: int, ours: float, bare: float, limit: str, goal: str, least: float) -> Row:
    return Row(
        part="labels", what=what, figure=f"{per_second(n / ours)}; {1000 * ours / n:.2f} ms each", goal=goal,
        limit=f"{limit}: {per_second(n / bare)}", ratio=bare / ours, met=n / ours >= least if least else None,
        data={"per_s": n / ours, "limit_per_s": n / bare},
    )  # fmt: skip


def labels(site: Site) -> list[Row]:
    """PDF one by one and in one file, ZPL. One core; values that differ on every label."""
    template = load_template("parcel")
    single, many = max(20, site.some(200)), max(50, site.some(500))
    values = [sample(i) for i in range(many)]
    render_pdf(template, values[:5])
    marks = [[*template.fixed, *template.marks(v)] for v in values]

    one = _in_turn(
        lambda: [render_pdf(template, [v]) for v in values[:single]],
        lambda: [bare_pdf(template, [m]) for m in marks[:single]],
    )
    wave = _in_turn(lambda: render_pdf(template, values), lambda: bare_pdf(template, marks))
    form, rows = bare_zpl(render_zpl(template, values).decode())
    zpl = _in_turn(
        lambda: render_zpl(template, values),
        lambda: "".join([form % row for row in rows]).encode(),
        rounds=5 * ROUNDS,
    )
    bare = "reportlab with strings and bars given"
    return [
        _row("PDF, one by one", single, *one, bare, "P7: 88/s or more, 15 ms at most", 88),
        _row(f"PDF, {many} in one file", many, *wave, bare, "P7: 500/s or more", 500),
        _row(
            f"ZPL, {many} in one file",
            many,
            *zpl,
            "format string, texts given",
            "P7: 20,000/s or more",
            20_000,
        ),
    ]
