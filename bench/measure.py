"""Interleaved batches of requests; the cheapest batch counts, because noise only ever adds."""

import http.client
import statistics
import time
from dataclasses import dataclass, field

from bench import cpu


@dataclass
class Target:
    """One address to measure, at one server."""

    bench: str
    port: int
    path: str
    pid: int
    cookie: str = ""
    rows: str = ""
    cpu_ms: list[float] = field(default_factory=list)
    waits_ms: list[float] = field(default_factory=list)
    bytes: int = 0

    def result(self, floor_ms: float) -> dict:
        """The line that bin/bench prints."""
        waits = sorted(self.waits_ms)
        best = min(self.cpu_ms)
        return {
            "bench": self.bench,
            "rows": self.rows,
            "cpu_ms": round(best, 2),
            "p50_ms": round(statistics.median(waits), 2),
            "p95_ms": round(waits[int(len(waits) * 0.95) - 1], 2),
            "x_floor": round(best / floor_ms, 2),
            "bytes": self.bytes,
        }


def run(targets: list[Target], postgres_pid: int, *, rounds: int, batch: int) -> None:
    """Measure all targets, one after the other, `rounds` times."""
    for target in targets:
        _batch(target, 5)
        target.waits_ms.clear()
    for _round in range(rounds):
        for target in targets:
            before = _cpu(target, postgres_pid)
            _batch(target, batch)
            target.cpu_ms.append((_cpu(target, postgres_pid) - before) * 1000 / batch)


def _cpu(target: Target, postgres_pid: int) -> float:
    return cpu.seconds_of(cpu.children_of(target.pid)) + cpu.seconds_of(cpu.children_of(postgres_pid))


def _batch(target: Target, count: int) -> None:
    headers = {"Host": f"localhost:{target.port}", "Accept-Encoding": "identity"}
    if target.cookie:
        headers["Cookie"] = target.cookie
    connection = http.client.HTTPConnection("127.0.0.1", target.port, timeout=30)
    for _n in range(count):
        began = time.perf_counter()
        connection.request("GET", target.path, headers=headers)
        response = connection.getresponse()
        body = response.read()
        target.waits_ms.append((time.perf_counter() - began) * 1000)
        if response.status != 200:
            raise SystemExit(f"{target.path} answered {response.status}")
        target.bytes = len(body)
    connection.close()
