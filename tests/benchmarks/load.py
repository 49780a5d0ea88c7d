"""Asking a server many times and saying how long it took."""

import http.client
import statistics
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

Ask = Callable[[http.client.HTTPConnection, int], None]
"""One question, over a connection that is kept; the number tells them apart."""


def latency(port: int, ask: Ask, times: int) -> dict[str, float]:
    """One after the other: p50 and p95 in milliseconds."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    took = []
    for n in range(times):
        begun = time.perf_counter()
        ask(connection, n)
        took.append((time.perf_counter() - begun) * 1000)
    connection.close()
    return summary(took)


def summary(took: Sequence[float]) -> dict[str, float]:
    """Return p50 and p95 of milliseconds."""
    cuts = statistics.quantiles(took, n=20, method="inclusive")
    return {"p50_ms": round(cuts[9], 2), "p95_ms": round(cuts[18], 2)}


def throughput(port: int, ask: Ask, times: int, clients: int = 8) -> float:
    """Many at a time: answers a second."""

    def client(first: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        for n in range(first, times, clients):
            ask(connection, n)
        connection.close()

    threads = [threading.Thread(target=client, args=(n,)) for n in range(clients)]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return round(times / (time.perf_counter() - begun), 1)


def get(
    connection: http.client.HTTPConnection, path: str, headers: dict[str, str]
) -> bytes:
    """GET and insist on 200."""
    connection.request("GET", path, headers=headers)
    return _answer(connection, path)


def post(
    connection: http.client.HTTPConnection, path: str, body: str, kind: str
) -> bytes:
    """POST and insist on 200."""
    connection.request("POST", path, body=body, headers={"Content-Type": kind})
    return _answer(connection, path)


def _answer(connection: http.client.HTTPConnection, path: str) -> bytes:
    answer = connection.getresponse()
    body = answer.read()
    if answer.status != 200:
        raise RuntimeError(f"{path} answered {answer.status}")
    return body


def ratio(ours: dict[str, Any], theirs: dict[str, Any]) -> dict[str, float]:
    """How many times the peer's latency ours is, and how much of its pace."""
    return {
        "p50_times": round(ours["p50_ms"] / theirs["p50_ms"], 2),
        "pace_share": round(ours["per_second"] / theirs["per_second"], 2),
    }
