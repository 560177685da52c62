"""The courier's page: its link opens one manifest, in the courier's own role."""

import httpx

from tests.conftest import Server
from tests.shipping.flow import ok
from tests.shipping.test_reconcile import Gone, gone, link_of

__all__ = ["gone"]


async def test_files_confirming_and_the_couriers_list(gone: Gone, server: Server) -> None:
    one, two, three = gone.numbers
    at = await link_of(gone.db, gone.id)
    async with httpx.AsyncClient(base_url=server.url, headers={"Accept-Language": "en"}) as http:
        page = (await http.get(at)).text
        assert all(n in page for n in gone.numbers)
        assert "3 parcels to collect" in page
        got = await http.get(f"{at}/files/csv")
        assert got.content.startswith(b"manifest;closed_at")
        assert "attachment" in got.headers["content-disposition"]
        assert (await http.get(f"{at}/files/edifact")).status_code == 404
        r = await http.post(at, data={})
        assert (r.status_code, "Tick at least one, or confirm all" in r.text) == (422, True)
        r = await http.post(at, data={}, headers={"Accept-Language": "pl"})
        assert "Zaznacz co najmniej jedną albo potwierdź wszystkie" in r.text
        r = await http.post(at, data={"number": [one]})
        assert (r.status_code, r.headers["location"]) == (303, at)
        assert "Collected: 1" in (await http.get(at)).text
        r = await http.post(f"{at}/list", data={"numbers": f"{one} {two} Z-1"})
        assert "You list 3 parcels, 2 of them on this manifest" in r.text
        assert three in r.text.split("not in your list")[1]
        assert "Z-1" in r.text
        await http.post(at, data={"all": "1"})
        assert "Collected: 3" in (await http.get(at)).text
        strange = await http.post(at, data={"number": ["Z-1"]})
        assert (strange.status_code, "Z-1" in strange.text) == (409, True)
    sent = ok(await gone.api.get(f"{gone.path}/deliveries"))
    assert sent == [], "reading changes nothing"
    row = await gone.row()
    assert (row["confirmed"], row["scanned"]) == (3, 2)


async def test_a_wrong_or_an_old_link_opens_nothing(gone: Gone, server: Server) -> None:
    at = await link_of(gone.db, gone.id)
    async with httpx.AsyncClient(base_url=server.url) as http:
        for wrong in (
            at[:-1] + ("A" if at[-1] != "A" else "B"),
            f"/courier/{gone.id}/short",
            f"/courier/{10**9}/{at[-24:]}",
        ):
            for r in (
                await http.get(wrong),
                await http.get(f"{wrong}/files/csv"),
                await http.post(wrong, data={"all": "1"}),
            ):
                assert r.status_code in (400, 404)
                assert gone.numbers[0] not in r.text
        async with gone.db.begin() as tx:
            assert await tx.value("select link_key from manifest where id = $1", gone.id) is not None
    assert (await gone.row())["confirmed"] == 0
