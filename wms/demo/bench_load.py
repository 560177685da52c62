"""The load generator of the benchmark, a process of its own: ``python -m wms.demo.bench_load`` reads a job as JSON from
its input and writes what it saw to its output. So its work is never counted as the server's, and can be told apart."""

import asyncio
import sys
import time
from collections import Counter
from typing import Any

import msgspec

from wms.demo.bench_cycle import Cycle, run_cycle
from wms.demo.bench_http import Said, connect, percentile, raw_request


class Shot(msgspec.Struct, array_like=True):
    """One request that is ready to be sent."""

    method: str
    path: str
    body: Any = None


class Shots(msgspec.Struct, tag="shots"):
    """What each client sends, one request after the other; ``tokens`` are those of the clients."""

    port: int
    tokens: list[str]
    clients: list[list[Shot]]


class Seen(msgspec.Struct, kw_only=True):
    """``seconds`` by the clock, ``cpu`` of this process in them; percentiles in milliseconds."""

    requests: int
    seconds: float
    cpu: float
    p50: float
    p99: float
    refusals: dict[str, int] = {}
    counts: dict[str, float] = {}


async def fire(job: Shots) -> Seen:
    """All clients at once, each as fast as it is answered."""
    wires = [await connect(job.port) for _ in job.clients]
    ready = [
        [(s.path, raw_request(s.method, s.path, token, b"" if s.body is None else msgspec.json.encode(s.body))) for s in shots]
        for token, shots in zip(job.tokens, job.clients, strict=True)
    ]  # fmt: skip
    refusals: Counter[str] = Counter()

    async def work(no: int) -> None:
        for path, raw in ready[no]:
            status, body = await wires[no].exchange(raw)
            if status >= 400:
                said = Said(status, body, path)
                refusals[f"{status} {said.code} {said.problem.get('detail')}"] += 1

    begun, used = time.perf_counter(), time.process_time()
    await asyncio.gather(*(work(i) for i in range(len(wires))))
    seconds, cpu = time.perf_counter() - begun, time.process_time() - used
    times = [t for w in wires for t in w.times]
    for w in wires:
        w.close()
    return Seen(
        requests=len(times), seconds=seconds, cpu=cpu, p50=percentile(times, 50), p99=percentile(times, 99),
        refusals=dict(refusals),
    )  # fmt: skip


async def cycle(job: Cycle) -> Seen:
    begun, used = time.perf_counter(), time.process_time()
    times, counts = await run_cycle(job)
    return Seen(
        requests=len(times), seconds=time.perf_counter() - begun, cpu=time.process_time() - used,
        p50=percentile(times, 50), p99=percentile(times, 99), counts=counts,
    )  # fmt: skip


async def main(raw: bytes) -> Seen:
    job = msgspec.json.decode(raw, type=Shots | Cycle)
    return await (fire(job) if isinstance(job, Shots) else cycle(job))


if __name__ == "__main__":
    try:
        import uvloop

        seen = uvloop.run(main(sys.stdin.buffer.read()))
    except ImportError:
        seen = asyncio.run(main(sys.stdin.buffer.read()))
    sys.stdout.buffer.write(msgspec.json.encode(seen))
