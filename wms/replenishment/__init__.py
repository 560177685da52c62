"""From the reserve to the pick face.

A pick face (``set_pick_face``) is a bin that a SKU is picked from, with a level to keep (``min``) and one that fits
(``max``). Planning (``plan_replenishments``, every minute and on demand) finds the faces that want goods and the reserve
places that have them, oldest date first, in one statement:

- *demand*: orders that are due today wait for more than the faces hold. This goes first, by the order's promise, and
  may go beyond ``max``, because what comes is picked at once.
- *min*: what is free at the face is below ``min``; it is filled up to ``max``.

A worker claims the task that is due first (``claim_replenishment``): never one that somebody else has, for 15 minutes
after the last scan, and an unfinished one of their own before any other. Three scans confirm it
(``confirm_replenishment``): the place in the reserve (or the pallet there), the goods piece by piece, case by case or as a
number, and the face. Only the last one moves goods, and orders that wait for them are served at once.

Less in the reserve than the ledger says: what is there is brought, the place is locked and queued for a count, and the
next planning finds the rest elsewhere. Undo is an inverse move; promises that were made on the goods meanwhile are given
up and made anew, as long as no picker has them on a list.

Decision of weight: a task promises nothing. It would be a second kind of allocation beside the orders'; instead the plan
does not give out twice what open tasks are to fetch, a task whose goods were taken by an order or a move meanwhile is
void at the next planning, and the ledger has the last word at the scan.
"""
