"""HTTP clients of the demo: each makes the id of every request, retries with the same id, and keeps count."""

import asyncio
import time
from collections import Counter
from typing import Any
from uuid import NAMESPACE_URL, uuid4, uuid5

import httpx


class Figures:
    """What all clients saw: refusals by code, scan times in seconds, requests."""

    def __init__(self) -> None:
        self.refusals: Counter[str] = Counter()
        self.scans: list[float] = []
        self.requests = 0
        self.retries = 0

    def percentile(self, p: float) -> float:
        """The ``p``-th percentile (0 to 100) of scan times, in milliseconds."""
        ordered = sorted(self.scans)
        return 1000 * ordered[min(len(ordered) - 1, int(len(ordered) * p / 100))] if ordered else 0.0


class Refused(Exception):
    """The server said no, with a problem document."""

    def __init__(self, problem: dict[str, Any], status: int) -> None:
        self.problem = problem
        self.status = status
        self.code = str(problem.get("code", ""))
        super().__init__(f"{status} {self.code}: {problem.get('detail')}")


class Client:
    """One person, shop or courier with a token."""

    def __init__(self, http: httpx.AsyncClient, figures: Figures, token: str = "") -> None:
        self.http = http
        self.figures = figures
        self.token = token

    async def get(self, path: str, **params: Any) -> Any:
        given = {k: v for k, v in params.items() if v is not None}
        return (await self._send("GET", path, params=given)).json()

    async def file(self, path: str, **params: Any) -> bytes:
        return (await self._send("GET", path, params=params)).content

    async def post(self, path: str, body: Any = None, *, once: str | None = None, **params: Any) -> Any:
        """``once`` names the thing: the same name is the same request, also in the next run of the demo."""
        return await self._write("POST", path, body, once, params)

    async def put(self, path: str, body: Any = None, **params: Any) -> Any:
        return await self._write("PUT", path, body, None, params)

    async def scan(self, path: str, body: Any, *, once: str | None = None, **params: Any) -> Any:
        """A POST whose time counts as a scan's."""
        started = time.perf_counter()
        try:
            return await self._write("POST", path, body, once, params)
        finally:
            self.figures.scans.append(time.perf_counter() - started)

    async def _write(
        self, method: str, path: str, body: Any, once: str | None, params: dict[str, Any]
    ) -> Any:
        key = str(uuid5(NAMESPACE_URL, f"wms:demo:{once}") if once else uuid4())
        kwargs: dict[str, Any] = {} if body is None else {"json": body}
        given = {k: v for k, v in params.items() if v is not None}
        answer = await self._send(method, path, params=given, headers={"Idempotency-Key": key}, **kwargs)
        return answer.json() if answer.content else None

    async def _send(
        self, method: str, path: str, headers: dict[str, str] | None = None, **kwargs: Any
    ) -> httpx.Response:
        found = dict(headers or {})
        if self.token:
            found["Authorization"] = f"Bearer {self.token}"
        for attempt in range(20):
            try:
                answer = await self.http.request(method, path, headers=found, **kwargs)
                if answer.status_code not in (502, 503):
                    break
            except httpx.TransportError:
                if attempt == 19:
                    raise
            self.figures.retries += 1
            await asyncio.sleep(min(0.1 * 2**attempt, 2))
        self.figures.requests += 1
        if answer.status_code >= 400:
            try:
                problem = answer.json()
            except ValueError:
                problem = {"detail": answer.text[:200]}
            refused = Refused(problem, answer.status_code)
            self.figures.refusals[refused.code] += 1
            raise refused
        return answer
