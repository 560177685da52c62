"""Labels as files for a printer or a browser."""

import asyncio
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Literal

from wms.db.tx import Tx
from wms.events.documents import get_document
from wms.kernel.refusals import NotFound
from wms.orders.parcels import find_parcel
from wms.printing.pdf import render_pdf
from wms.printing.templates import LabelTemplate, load_template
from wms.printing.zpl import render_zpl
from wms.shipping.check_label import merge_pdfs
from wms.shipping.errors import LabelsApart, NoLabelYet
from wms.shipping.label_data import printable_label
from wms.shipping.queries import StoredLabel, stored_label, stored_labels_of_wave

Format = Literal["pdf", "zpl"]


async def label_file(tx: Tx, shop_id: int, parcel_id: int, fmt: Format) -> bytes:
    """One parcel's label; the carrier's own bytes where it made them. Raises ``NoLabelYet``, ``NotFound``."""
    parcel = await find_parcel(tx, shop_id, parcel_id)
    label = await stored_label(tx, shop_id, parcel_id)
    if label is None or label.state not in ("ready", "printed"):
        raise NoLabelYet(parcel=parcel.hu, state=label.state if label else "none", why="")
    if label.template is None:
        if fmt not in label.files:
            raise NotFound(what="label file of parcel", ref=f"{parcel_id}, {fmt}")
        return (await get_document(tx, shop_id, label.files[fmt])).content
    return await asyncio.to_thread(_render, [label], fmt)


async def labels_of_wave(tx: Tx, wave_id: int, fmt: Format) -> bytes:
    """Every label of a wave that is ready, in one file, in the order of the carts; the carriers' own among them.

    Raises ``NotFound`` for none, ``LabelsApart`` where they cannot be put into one file.
    """
    labels = await stored_labels_of_wave(tx, wave_id)
    if not labels:
        raise NotFound(what="label of wave", ref=wave_id)
    if apart := [x.parcel for x in labels if x.template is None and fmt not in x.files]:
        raise LabelsApart(parcels=", ".join(apart[:20]), format=fmt)
    theirs = {
        r["id"]: r["bytes"]
        for r in await tx.rows(
            "select id, bytes from document where (shop_id, id) in (select * from unnest($1::int[], $2::bigint[]))",
            [x.shop_id for x in labels if x.template is None],
            [x.files[fmt] for x in labels if x.template is None],
        )
    }
    if not theirs:
        return await asyncio.to_thread(_render, labels, fmt)
    return await asyncio.to_thread(_together, labels, theirs, fmt)


def _together(labels: Sequence[StoredLabel], theirs: Mapping[int, bytes], fmt: Format) -> bytes:
    parts = [_render([x], fmt) if x.template is not None else theirs[x.files[fmt]] for x in labels]
    if fmt == "zpl":
        return b"\n".join(parts)
    merged = merge_pdfs(parts)
    if merged is None:
        own = [x.parcel for x in labels if x.template is None]
        raise LabelsApart(parcels=", ".join(own[:20]), format=fmt)
    return merged


def _render(labels: Sequence[StoredLabel], fmt: Format) -> bytes:
    """A shop may have a template of its own; a PDF for several shops has one layout, so it takes the operator's."""
    if fmt == "zpl":
        runs = groupby(labels, lambda x: (x.template, x.shop))
        return b"".join(
            [
                render_zpl(_template(run[0]), [printable_label(x.data) for x in run])
                for run in [list(alike) for _, alike in runs]
            ]
        )
    one_shop = len({x.shop_id for x in labels}) == 1
    template = _template(labels[0]) if one_shop else load_template(labels[0].template or "parcel")
    return render_pdf(template, [printable_label(x.data) for x in labels])


def _template(label: StoredLabel) -> LabelTemplate:
    return load_template(label.template or "parcel", shop=label.shop)
