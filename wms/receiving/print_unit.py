"""The label of a new pallet, on the printer of the dock where it is received."""

from msgspec.structs import replace

from wms.db.tx import Tx
from wms.kernel.text import Text, pick_lang
from wms.printing.errors import CannotPrint, NoTemplate, TemplateError
from wms.printing.queue_print import Paper, printer_at, queue_print
from wms.printing.templates import load_template
from wms.receiving.label_values import draw_label, label_values


async def print_unit(tx: Tx, unit_id: int, dock_id: int) -> str | None:
    """The code of the printer that its label comes out of; None where the dock has none that can print it."""
    to = await printer_at(tx, dock_id, "zpl")
    if to is None:
        return None
    values = await label_values(tx, unit_id, pick_lang(tx.actor.language))
    paper = Paper(document="handling_unit", subject="handling_unit", subject_id=unit_id, ref=values.unit.code)
    try:
        if load_template("handling_unit").page.dots_per_mm != to.dots_per_mm:
            return None
        content = draw_label(values, "zpl")
    except (CannotPrint, NoTemplate, TemplateError) as e:
        await queue_print(
            tx, to, replace(paper, fault="cannot-draw", error=Text(en=e.say("en"), pl=e.say("pl")))
        )
        return None
    await queue_print(tx, to, replace(paper, content=content))
    return to.code
