"""Planted faults: each changes the text of one verb as a careless edit might. The tests of this folder must find it."""

from dataclasses import dataclass

import pytest

from wms.stock import ledger


@dataclass(frozen=True)
class Fault:
    name: str
    verb: str
    old: str
    new: str

    def plant(self, monkeypatch: pytest.MonkeyPatch) -> None:
        text: str = getattr(ledger, self.verb)
        assert self.old in text, f"{self.name}: the verb no longer says so"
        monkeypatch.setattr(ledger, self.verb, text.replace(self.old, self.new))
        if self.verb == "POST":
            monkeypatch.setattr(ledger, "ALONE", 0)


ALONE = [
    Fault("allocated goods can be moved", "POST", " or allocated > on_hand)", ")"),
    Fault("stock below nothing", "POST", "(on_hand < 0 or allocated < 0 or allocated > on_hand)", "(allocated < 0 or (allocated > on_hand and allocated > 0))"),
    Fault("settling leaves the goods allocated", "POST", "then 0 else -quantity end", "then 0 else 0 end"),
    Fault("settling is not counted", "POST", "set settled = a.settled + s.quantity", "set settled = a.settled"),
    Fault("settled twice", "POST", "coalesce(min(p.open), 0) < sum(m.quantity) as late", "false as late"),
    Fault("each part may settle all", "POST", "< sum(m.quantity) as late", "< max(m.quantity) as late"),
    Fault("settled with other goods", "POST", "as elsewhere\n  from m", "and false as elsewhere\n  from m"),
    Fault("settled for another line", "POST", "or p.order_line_id <> m.order_line_id", ""),
    Fault("goods vanish", "POST", "to_status, quantity, 0 from m", "to_status, 0, 0 from m"),
    Fault("units mixed up", "POST", "to_status, quantity, 0 from m", "to_status, quantity * 12, 0 from m"),
    Fault("status does not change", "POST", "coalesce(lot_id, 0), to_status, quantity, 0", "coalesce(lot_id, 0), from_status, quantity, 0"),
    Fault("handling unit forgotten", "POST", "to_location_id, coalesce(to_hu_id, 0), coalesce(lot_id, 0), to_status", "to_location_id, 0, coalesce(lot_id, 0), to_status"),
    Fault("serials cannot leave", "POST", " and (select count(*) from emptied) >= 0", ""),
    Fault("serials anywhere", "POST", "real, serialised, q\n", "real, false, q\n"),
    Fault("lots of other SKUs", "POST", "real is null or no_lot", "real is null"),
    Fault("no move is written", "POST", "from fine join m on fine.ok", "from fine join m on fine.ok and m.n > 1"),
    Fault("refused but done", "POST", "where fine.ok and b.shop_id = a.shop_id and b.id = a.balance_id and not", "where b.shop_id = a.shop_id and b.id = a.balance_id and not"),
    Fault("one: allocated goods can be moved", "POST_ONE", " or allocated > on_hand)", ")"),
    Fault("one: stock below nothing", "POST_ONE", "(on_hand < 0 or allocated < 0 or allocated > on_hand)", "(allocated < 0 or (allocated > on_hand and allocated > 0))"),
    Fault("one: settling leaves the goods allocated", "POST_ONE", "then 0 else -$4 end", "then 0 else 0 end"),
    Fault("one: settling is not counted", "POST_ONE", "set settled = a.settled + $4", "set settled = a.settled"),
    Fault("one: settled twice", "POST_ONE", "coalesce(max(p.open), 0) < $4 as late", "false as late"),
    Fault("one: settled with other goods", "POST_ONE", "coalesce(bool_or(p.elsewhere), false) as elsewhere", "false as elsewhere"),
    Fault("one: settled for another line", "POST_ONE", " or a.order_line_id <> $13::bigint", ""),
    Fault("one: goods vanish", "POST_ONE", "(false, $8, $9, $10, $4, 0)", "(false, $8, $9, $10, 0, 0)"),
    Fault("one: units mixed up", "POST_ONE", "(false, $8, $9, $10, $4, 0)", "(false, $8, $9, $10, $4 * 12, 0)"),
    Fault("one: status does not change", "POST_ONE", "(false, $8, $9, $10, $4, 0)", "(false, $8, $9, $7, $4, 0)"),
    Fault("one: handling unit forgotten", "POST_ONE", "(false, $8, $9, $10, $4, 0)", "(false, $8, 0, $10, $4, 0)"),
    Fault("one: serials cannot leave", "POST_ONE", " and (select count(*) from emptied) >= 0", ""),
    Fault("one: serials anywhere", "POST_ONE", "status, real, serialised, q\n", "status, real, false, q\n"),
    Fault("one: lots of other SKUs", "POST_ONE", "a.real is null or a.no_lot", "a.real is null"),
    Fault("one: no move is written", "POST_ONE", "from fine where ok\n", "from fine where ok and false\n"),
    Fault("one: refused but done", "POST_ONE", "where fine.ok and b.shop_id = $1 and b.id = a.balance_id and not", "where b.shop_id = $1 and b.id = a.balance_id and not"),
    Fault("allocated twice", "ALLOCATE", "b.on_hand - b.allocated as free", "b.on_hand as free"),
    Fault("allocated is overwritten", "ALLOCATE", "then t.allocated + t.q else", "then t.q else"),
    Fault("damaged goods are promised", "ALLOCATE", "b.status = 'sellable' and ", ""),
    Fault("locked places are promised", "ALLOCATE", " and l.locked_at is null", ""),
    Fault("goods in totes are promised", "ALLOCATE", " and l.pickable", ""),
    Fault("expired goods are promised", "ALLOCATE", "h.expires_on > h.expires_after", "h.expires_on >= h.expires_after"),
    Fault("last expired first out", "ALLOCATE", "order by h.expires_on nulls last", "order by h.expires_on desc nulls first"),
    Fault("two lines get the same goods", "ALLOCATE", "at - coalesce(lead(at) over w, 0) as quantity", "at as quantity"),
    Fault("voided without giving back", "VOID", "set allocated = b.allocated - h.q", "set allocated = b.allocated"),
    Fault("voided but still open", "VOID", "set voided = a.voided + g.open", "set voided = a.voided"),
    Fault("named twice, given back twice", "VOID", "(select distinct * from unnest($1::int[], $2::bigint[]))", "unnest($1::int[], $2::bigint[])"),
    Fault("voided again", "VOID", "where a.open > 0 order", "where a.open >= 0 order"),
]  # fmt: skip

TOGETHER = [
    Fault("balances are not locked", "POST", "order by b.shop_id, b.id for update of b", "order by b.shop_id, b.id"),
    Fault("wrong lock order", "POST", "order by b.shop_id, b.id for update of b", "order by md5(b.id::text || random()) for update of b"),
    Fault("allocations are not locked", "POST", "order by a.shop_id, a.id for update of a", "order by a.shop_id, a.id"),
    Fault("new balances overwrite", "POST", "set on_hand = balance.on_hand + excluded.on_hand", "set on_hand = excluded.on_hand"),
    Fault("one: balances are not locked", "POST_ONE", "order by b.id for update of b", "order by b.id"),
    Fault("one: wrong lock order", "POST_ONE", "order by b.id for update of b", "order by md5(b.id::text || random()) for update of b"),
    Fault("one: allocations are not locked", "POST_ONE", "and a.id = $14::bigint for update", "and a.id = $14::bigint"),
    Fault("one: new balances overwrite", "POST_ONE", "set on_hand = balance.on_hand + excluded.on_hand", "set on_hand = excluded.on_hand"),
    Fault("allocation does not lock", "ALLOCATE", "order by b.shop_id, b.id for update of b", "order by b.shop_id, b.id"),
    Fault("voiding does not lock", "VOID", "order by a.shop_id, a.id for update of a", "order by a.shop_id, a.id"),
]  # fmt: skip
