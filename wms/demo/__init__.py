"""The demo: one real day of orders, driven through the whole product as its real clients would.

What is real. The orders, their lines, quantities, prices, times, countries and cancellations are one day of
"Online Retail" (a British giftware shop, 2010 and 2011; licence and attribution in ``DATA-LICENCE.md``). Four
days are shipped in ``online_retail_slice.csv.xz``; any other file of that shape can be read. Nothing that
the data holds is thrown away in silence: what is no goods (postage, fees, vouchers) is counted as skipped and a
row that cannot be read is named with its line number.

What is synthetic. Everything that a warehouse needs and the data lacks is derived from the data by SHA-256, so
that the same day gives the same warehouse on every machine and with every version of Python, and is marked
``synthetic`` wherever it is a thing of its own:

- **Two shops.** ``chatka`` and ``ogrod``. A buyer belongs to one of them for ever: the first byte of the
  SHA-256 of the word ``shop`` and the customer's number (the invoice's, where there is no customer) decides, even
  for ``chatka``, odd for ``ogrod``. Each shop has its own SKUs under its own codes (``85123A`` and
  ``PO-85123A``); goods that both sell carry the same EAN in both, which is what the isolation of shops is tried on.
- **Bar codes.** EAN-13 in the ranges 20 to 22 that GS1 leaves to in-store use, so none is anybody's product. A
  quarter of the goods also has a case code (GTIN-14) that stands for 6, 12 or 24 units.
- **Sizes and weights** by the words of the description, within limits that such goods have.
- **Policies.** Candles, incense, soap, plasters and the like expire; a few others are followed by lot; some
  chests and cabinets by serial number; some sets of two to four pieces are kits.
- **Buyers.** Names, streets, postcodes, phone numbers that nobody can have, mail addresses at ``example.com`` and
  ``example.org``. The United Kingdom, the data's home market, becomes Poland; other countries stay. The figure
  of a price is kept and read as PLN. About three in a hundred addresses are bad on purpose, each with its mended form.
- **Stock.** ASNs that cover the day, with a few goods short, late, damaged or surplus, and a few bins that hold
  less than the ledger says, so that backorders, discrepancies and short picks happen.
- **Returns.** What the bench finds, grades and decides for each returned line.

Where what is: ``data.py`` reads (``rows.py`` its cells, ``data_texts.py`` its words), ``derive.py`` derives
(``things.py`` its values, ``goods.py`` properties of goods, ``buyers.py`` people, ``dice.py`` the hashing),
``stock_plan.py`` plans arrivals and inspections, ``warehouse.py`` draws the building and its staff.

Quantities are never capped: an order for 1,440 pieces is picked as 1,440 pieces, by quantity, not by 1,440
walks.
"""
