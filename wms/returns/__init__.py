"""What comes back, and what becomes of it.

A return (RMA) is announced by the shop (``announce_return``), or it just turns up. At the bench any code is scanned
(``triage``: return, order or tracking number, SSCC, e-mail, the goods themselves) and candidates are shown, best first:
receive an announced return (``receive_return``), open one that nobody announced (``open_return``), take in a parcel that
the courier brings back undelivered (``receive_undelivered``), or keep a parcel that nobody knows with a note and a photo
(``keep_stray``) until it is matched. There is no dead end.

Inspection (``inspect_item``) goes piece by piece: what is it, in which condition, what becomes of it. Goods come from the
customer onto the bench and go on at once: back to stock, to the quarantine shelf, to scrap. More than announced, or goods
that nobody announced, are taken in and marked; goods of another shop are not. Then the shop is told what to refund and
until when (``finish_inspection``).

Custody of goods and money are two things: the ledger says where the goods are, ``refund_advice`` what they are worth, and
neither waits for the other. Decision of weight: a thing that is not the shop's own product (grade ``not_ours``) makes no
move, because counting it would add stock that does not exist.
"""
