"""One scan of whoever fills a pick face, judged on its own: place, goods, pick face. Only the last moves goods."""

from typing import Literal

import msgspec

from wms.db.tx import Tx
from wms.kernel.notice import ALREADY_DONE
from wms.kernel.scan import Command, Scan, parse_scan
from wms.replenishment.claim_replenishment import release_replenishment
from wms.replenishment.errors import (
    ReplenishNotAll,
    ReplenishOutOfOrder,
    ReplenishTooMany,
    ReplenishWrongSource,
    ReplenishWrongTarget,
)
from wms.replenishment.judge_goods import judge_goods
from wms.replenishment.move_refill import finish_short, move_refill
from wms.replenishment.screen import RefillScreen, Task, check_holder, draw, go_on, lock_task
from wms.replenishment.states import RefillState
from wms.replenishment.undo_replenishment import undo_task

ScanStep = Literal["location", "item", "target"]
STEPS = ("location", "item", "target")
OVER = frozenset({RefillState.DONE, RefillState.SHORT})


async def scan_replenishment(
    tx: Tx,
    shop_id: int,
    task_id: int,
    raw: str,
    *,
    step: ScanStep | None = None,
    quantity: int | None = None,
    lot: str | None = None,
    serial: str | None = None,
) -> RefillScreen:
    """Takes one scan and answers with the next screen.

    ``step`` is that of the screen that the scan was made for; one that is passed is "already done". ``quantity`` are
    the pieces in hand where they were entered instead of scanned one by one. Commands: MISSING (no more pieces here),
    UNDO (count anew; where all is done, move it back), SKIP (give the task back). Raises what ``check_holder`` and
    ``judge_goods`` raise, ``ReplenishWrongSource``, ``ReplenishOutOfOrder``, ``ReplenishTooMany``,
    ``ReplenishNotAll``, ``ReplenishWrongTarget``, ``LocationLocked``, ``NotEnoughStock``.
    """
    read = parse_scan(raw)
    task = await lock_task(tx, shop_id, task_id)
    if task.state in OVER:
        return await undo_task(tx, task) if read.command is Command.UNDO else draw(tx, task, ALREADY_DONE)
    check_holder(tx, task)
    if step is not None and STEPS.index(step) < STEPS.index(task.step) and read.command is None:
        return draw(tx, task, ALREADY_DONE)
    if read.command is not None:
        return await _command(tx, task, read.command)
    if step not in (None, task.step):
        raise _out_of_order(task)
    if task.step == "location":
        if is_source(task, read):
            return await go_on(tx, task, step="item", counted=0)
        if is_target(task, read):
            raise _out_of_order(task)
        raise ReplenishWrongSource(scanned=_shown(read), expected=task.unit or task.source)
    if task.step == "item":
        if is_source(task, read):
            return draw(tx, task, ALREADY_DONE)
        if is_target(task, read):
            raise ReplenishNotAll(wanted=task.quantity, said=task.counted)
        pieces = await judge_goods(tx, task, read, lot, serial)
        counted = task.counted + (pieces if quantity is None else quantity)
        if counted > task.quantity:
            raise _too_many(task, counted)
        return await go_on(tx, task, step="target" if counted == task.quantity else "item", counted=counted)
    if not is_target(task, read):
        raise ReplenishWrongTarget(scanned=_shown(read), expected=task.target)
    return await move_refill(tx, task, task.counted)


async def confirm_replenishment(
    tx: Tx,
    shop_id: int,
    task_id: int,
    source: str,
    item: str,
    quantity: int,
    target: str,
    *,
    lot: str | None = None,
    serial: str | None = None,
) -> RefillScreen:
    """The three scans and the number in one call, for devices that collect them. The same rules.

    Raises ``ReplenishNotAll`` for less than is wanted: that is a shortage, and must be said.
    """
    task = await _held(tx, shop_id, task_id)
    if task.state in OVER:
        return draw(tx, task, ALREADY_DONE)
    there = parse_scan(source)
    if not is_source(task, there):
        raise ReplenishWrongSource(scanned=_shown(there), expected=task.unit or task.source)
    pieces = await judge_goods(tx, task, parse_scan(item), lot, serial)
    if max(quantity, pieces) > task.quantity:
        raise _too_many(task, max(quantity, pieces))
    if quantity < task.quantity:
        raise ReplenishNotAll(wanted=task.quantity, said=quantity)
    _refuse_target(task, target)
    return await move_refill(tx, msgspec.structs.replace(task, missing=False), quantity)


async def report_short(
    tx: Tx, shop_id: int, task_id: int, quantity: int, target: str | None = None
) -> RefillScreen:
    """``quantity`` (0 or more, less than is wanted) is all that was there; with the scan of the face that it went to.

    The source is locked and queued for a count. Raises ``ReplenishTooMany``, ``ReplenishWrongTarget``.
    """
    task = await _held(tx, shop_id, task_id)
    if task.state in OVER:
        return draw(tx, task, ALREADY_DONE)
    if quantity >= task.quantity:
        raise _too_many(task, quantity)
    if not quantity:
        return await finish_short(tx, task)
    _refuse_target(task, target or "")
    return await move_refill(tx, msgspec.structs.replace(task, missing=True), quantity)


def is_source(task: Task, read: Scan) -> bool:
    """Whether the scan is the label of the place in the reserve, or of the unit there."""
    unit = task.unit is not None and (
        task.unit in (read.code, read.code.upper()) or (task.sscc and task.sscc == read.sscc)
    )
    return bool(unit) or _is_place(task.source, read)


def is_target(task: Task, read: Scan) -> bool:
    return _is_place(task.target, read)


def _is_place(code: str, read: Scan) -> bool:
    return code in (read.code, read.ref) or code == (read.ref or read.code).upper()


async def _held(tx: Tx, shop_id: int, task_id: int) -> Task:
    task = await lock_task(tx, shop_id, task_id)
    if task.state not in OVER:
        check_holder(tx, task)
    return task


async def _command(tx: Tx, task: Task, command: Command) -> RefillScreen:
    if command is Command.MISSING:
        if not task.counted:
            return await finish_short(tx, task)
        return await go_on(
            tx, task, step="target", counted=task.counted, missing=task.counted < task.quantity
        )
    if command is Command.UNDO:
        step: ScanStep = "location" if task.step == "location" else "item"
        return await go_on(tx, task, step=step, counted=0)
    if command is Command.SKIP and not task.counted:
        return await release_replenishment(tx, task.shop_id, task.id)
    raise _out_of_order(task)


def _refuse_target(task: Task, target: str) -> None:
    read = parse_scan(target)
    if not is_target(task, read):
        raise ReplenishWrongTarget(scanned=_shown(read), expected=task.target)


def _shown(read: Scan) -> str:
    return (read.ref if read.kind == "location" and read.ref else read.code)[:60]


def _too_many(task: Task, total: int) -> ReplenishTooMany:
    return ReplenishTooMany(sum=total, wanted=task.quantity, over=total - task.quantity)


def _out_of_order(task: Task) -> ReplenishOutOfOrder:
    at = task.target if task.step == "target" else task.source
    return ReplenishOutOfOrder(expected=task.step, location=at)
