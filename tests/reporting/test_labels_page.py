"""Label templates at the desk: whose file is used, what is wrong with one, what it prints."""

from pathlib import Path

from tests.builders import a_shop
from tests.conftest import Server
from tests.desk import at_desk
from tests.printing.reading import pages, scan
from wms.config import Settings
from wms.db.tx import Database
from wms.printing.fields import sample
from wms.printing.templates import load_template
from wms.printing.zpl import render_zpl

OWN = 'schema = 1\nkind = "tote"\nsize = [80, 40]\n[[code128]]\nat = [5, 5]\nmodule = 3\nheight = 15\nvalue = "{barcode}"\n'


def file_of(settings: Settings, shop: str, name: str) -> Path:
    path = Path(settings.home) / "label_templates" / shop / f"{name}.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


async def test_one_template_as_it_prints_for_a_shop(server: Server, db: Database, settings: Settings) -> None:
    shop, other = await a_shop(db), await a_shop(db)
    file_of(settings, shop.code, "tote").write_text(OWN)
    async with at_desk(db, server, "supervisor") as desk:
        shipped = await desk.open("/desk/labels/tote", shop=other.id)
        own = await desk.open("/desk/labels/tote", shop=shop.id)
        assert "100 × 50 mm" in shipped
        assert ("80 × 40 mm" in own, f"of shop {shop.code}" in own) == (True, True)
        assert "^XA^CI28^LH0,0^PW640^LL320\n^FO40,40^GFA," in own
        assert "tote.code" in own
        query: dict[str, str | int] = {"shop": shop.id}
        pdf = await desk.http.get("/desk/labels/tote/file", params=query | {"format": "pdf"})
        zpl = await desk.http.get("/desk/labels/tote/file", params=query | {"format": "zpl"})
        png = await desk.http.get("/desk/labels/parcel/file", params={"format": "png"})
        assert [scan(page) for page in pages(pdf.content)] == [{("]C0", "T-0417")}]
        assert zpl.text in own
        assert zpl.headers["content-disposition"] == 'attachment; filename="tote.zpl"'
        assert (png.headers["content-type"], png.content[:4]) == ("image/png", b"\x89PNG")
        parcel = await desk.http.get("/desk/labels/parcel/file", params={"format": "zpl"})
        assert parcel.content == render_zpl(load_template("parcel"), [sample("parcel")])
        for wrong in ("/desk/labels/nothing", "/desk/labels/..%2Ftote", "/desk/labels/tote?shop=999999"):
            assert (await desk.http.get(wrong)).status_code == 404, wrong
        assert (await desk.http.get("/desk/labels/tote/file?format=exe")).status_code == 400


async def test_a_bad_file_is_shown_with_its_line(server: Server, db: Database, settings: Settings) -> None:
    shop = await a_shop(db)
    good, bad = file_of(settings, shop.code, "tote"), file_of(settings, shop.code, "badge")
    good.write_text(OWN)
    bad.write_text(OWN.replace("barcode", "colour"))
    async with at_desk(db, server, "supervisor") as desk:
        listed = await desk.open("/desk/labels")
        assert "badge.toml, line 8, code128.value: a tote template has no field 'colour'" in listed
        assert "badge.toml, line 8" in await desk.open("/desk/labels/badge", shop=shop.id)
        assert "There is no good version of this file yet" in desk.page
        assert (await desk.http.get(f"/desk/labels/badge/file?shop={shop.id}")).status_code == 422
        assert "version" in await desk.open("/desk/labels/tote", shop=shop.id)
        good.write_text(OWN.replace("module = 3", "module = 1"))
        assert "tote.toml, line 6, code128.module: 1 dots are too small" in await desk.open(
            "/desk/labels/tote", shop=shop.id
        )
        assert "^FO40,40^GFA," in desk.page, "the last good version prints on"
        assert "The last good version prints on." in await desk.open("/desk/labels")
    for path in (good, bad):
        path.unlink()
    async with at_desk(db, server, "packer") as desk:
        assert (await desk.http.get("/desk/labels")).status_code == 403
