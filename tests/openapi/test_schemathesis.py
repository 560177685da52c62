"""Schemathesis against the real server: whatever the description allows, and much that it does not, ends in an answer.

``WMS_SCHEMATHESIS_CASES`` is the number of cases per operation: 10 here, 50 before a release, 200 on demand.
"""

import os
from collections import Counter
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.core.result import Ok
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    missing_required_header,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.builders import a_courier_key, a_key, bearer, signed_in
from tests.conftest import Api, Server, new_key
from tests.isolation.shop_world import ShopWorld, build_world
from wms.db.tx import Database

CASES = int(os.environ.get("WMS_SCHEMATHESIS_CASES", "10"))
CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance,
    response_headers_conformance, missing_required_header, negative_data_rejection,
]  # fmt: skip
STATUSES: Counter[int] = Counter()
ALSO_CALLED = {
    "code": ("sku_code", "unit_code", "location_code"),
    "task_id": ("count_id", "pick_task_id", "putback_id"),
}


@pytest.fixture
async def world(db: Database, server: Server, anonymous: Api) -> ShopWorld:
    """Something to hit."""
    return await build_world(db, server, anonymous, "FUZZ")


def aimed(value: Any, ids: dict[str, Any], choice: int) -> Any:
    """A body or path with the ids of things that exist, where its fields are named like them."""
    if not isinstance(value, dict):
        return [aimed(v, ids, choice) for v in value] if isinstance(value, list) else value
    found = {}
    for name, v in value.items():
        names = [n for n in ALSO_CALLED.get(name, (name,)) if n in ids]
        found[name] = ids[names[choice % len(names)]] if names and v is not None else aimed(v, ids, choice)
    return found


async def callers(db: Database, w: ShopWorld) -> dict[str, dict[str, str]]:
    """New ones for each operation, because some sign out, dismiss each other, revoke keys or close a shop."""
    async with db.begin() as tx:
        await tx.run("update shop set active = true where id = $1", w.shop.id)
        await tx.run("update carrier set active = true where id = $1", w.carrier.id)
    return {
        "For staff": bearer(await signed_in(db, roles=["admin", "supervisor"])),
        "a shop's key": bearer(await a_key(db, shop=w.shop)),
        "a courier's key": bearer(await a_courier_key(db, carrier_id=w.carrier.id)),
    }


def fuzz(
    operation: APIOperation[Any, Any, Any, Any],
    w: ShopWorld,
    people: dict[str, dict[str, str]],
    http: requests.Session,
) -> list[str]:
    """What went wrong in ``CASES`` cases of one operation, told so that it can be done again."""
    says = str(operation.definition.raw["description"])
    who = [headers for kind, headers in people.items() if kind in says]
    wrong: dict[str, str] = {}
    positive = operation.as_strategy(generation_mode=GenerationMode.POSITIVE)
    negative = operation.as_strategy(generation_mode=GenerationMode.NEGATIVE)

    def once(case: Case[Any], choice: int) -> None:
        headers = dict(who[choice % len(who)]) if who else {}
        if case.method == "POST":
            headers["Idempotency-Key"] = new_key()
        if case.meta is not None and case.meta.generation.mode == GenerationMode.NEGATIVE:
            headers = {k: v for k, v in headers.items() if k not in case.headers}  # what is wrong stays wrong
        elif choice % 4:  # three of four aim at things that are there
            case.path_parameters = aimed(case.path_parameters, w.ids, choice)
            case.body = aimed(case.body, w.ids, choice)
        try:
            r = case.call(session=http, headers=headers, timeout=30)
            STATUSES[r.status_code] += 1
            case.validate_response(r, checks=CHECKS)
        except FailureGroup as group:
            for failure in group.exceptions:
                if "was Authorization" in str(failure):
                    continue  # left out on purpose, and put back above
                wrong.setdefault(
                    f"{operation.label}: {type(failure).__name__}",
                    f"{failure}\n{case.as_curl_command(headers)}",
                )

    for strategy, cases in ((positive, max(1, CASES * 2 // 3)), (negative, max(1, CASES // 3))):
        test = settings(
            max_examples=cases, deadline=None, database=None, derandomize=True, phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )(given(case=strategy, choice=st.integers(0, 11))(once))  # fmt: skip
        try:
            test()
        except Unsatisfiable:
            continue  # nothing can be wrong with a request that has no parts
    return [f"{name}\n{how}" for name, how in wrong.items()]


async def test_every_operation_under_schemathesis(db: Database, server: Server, world: ShopWorld) -> None:
    schema = schemathesis.openapi.from_url(f"{server.url}/docs/openapi.json")
    wrong: list[str] = []
    done = 0
    with requests.Session() as http:
        for found in schema.get_all_operations():
            assert isinstance(found, Ok), found
            operation = found.ok()
            wrong += fuzz(operation, world, await callers(db, world), http)
            done += 1
    print(f"{done} operations, answers: {dict(sorted(STATUSES.items()))}")
    assert done > 100
    assert not wrong, "\n\n".join(wrong)
