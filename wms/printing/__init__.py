"""Everything that comes out of a printer: labels, packing slips, handover protocols; and the printers themselves.

Drawing takes plain values and gives back bytes. It knows nothing of orders or of a database, asks nothing of the
network, and makes the same bytes from the same values, so that a label that was printed once
can be made again from its data, the template's name and the template's version.

A label is a TOML file in ``label_templates/``: elements with a place in millimetres and a value such as
``{receiver.name|upper}``. The values may name fields of a published list (`fields.py`) and filters of a fixed one
(`filters.py`), and nothing else: there are no expressions, and no text of a user is ever compiled. A template is
checked when it is loaded (`templates.py`): names, places, the quiet zones of the bar codes.

`layout.py` turns template and values into marks (lines of text, bars, squares, rules) whose places are counted in
dots of the print head. `pdf.py` and `zpl.py` only write those marks down, so both outputs hold the same symbols at
the same dots, and a text that had to shrink is as small in both. Bar codes are vectors in whole dots: python-barcode
decides the bars, zint the squares of two-dimensional codes.

`slip.py` and `manifest.py` draw paper documents of any length from the structs in `documents.py`.

Printers stand at pack stations and docks, and have a queue in the database (`models.py`, `queue_print.py`). A worker
works each off in order (`run_printers.py`, `work_printer.py`): it asks the printer how it is (`raw_printer.py`,
`ipp_printer.py`), sends only to one that can print, and sends again only what cannot have come out; whatever may have
is a person's to decide (`settle_print.py`). ZPL of others is looked at first (`lint_zpl.py`). ``simulator/`` is a
printer that is not there, for tests and for a rehearsal.

What a job is (queued, sending, printed, failed, unknown, cancelled), which step may follow and which of them is an event,
stands in `states.py`, and `change_jobs.py` alone takes one. A job knows the label that it prints, the head that it is made
for and how often it was sent: a void label, another head's ZPL and a worker that has lost its printer get no further.
"""
