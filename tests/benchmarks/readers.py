"""Reads 10,000 members with one client; in a process of its own, for its memory.

    python readers.py ours_canvas http://127.0.0.1:8000

Prints seconds, processor seconds, megabytes above the start, and how many it read.
"""

import json
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

Prepared = Callable[[], int]
"""Reads everybody and answers how many; what it needs has been imported."""


def ours_canvas(url: str) -> Prepared:
    from lms_clients import connect

    client = connect("canvas", url, "token")
    return lambda: sum(1 for _ in client.members("1"))


def ours_moodle(url: str) -> Prepared:
    from lms_clients import connect
    from lms_clients.moodle import client as moodle

    moodle.PER_PAGE = 100
    client = connect("moodle", url, "token")
    return lambda: sum(1 for _ in client.members("1"))


def canvasapi(url: str) -> Prepared:
    from canvasapi import Canvas  # type: ignore[import-not-found]

    course = Canvas(url, "token").get_course(1)
    return lambda: sum(1 for _ in course.get_users(per_page=100))


def session_canvas(url: str) -> Prepared:
    """As one writes it by hand: no retry, no limit, no types."""
    import requests

    session = requests.Session()

    def read() -> int:
        found, link = 0, f"{url}/api/v1/courses/1/users?per_page=100"
        while link:
            response = session.get(link, timeout=30)
            found += len(response.json())
            link = response.links.get("next", {}).get("url", "")
        return found

    return read


def session_moodle(url: str) -> Prepared:
    """The same, knowing the number of pages, by four threads."""
    import requests

    session = requests.Session()

    def page(number: int) -> int:
        form = {
            "options[0][name]": "limitfrom",
            "options[0][value]": str(number * 100),
        }
        address = f"{url}/webservice/rest/server.php"
        return len(session.post(address, data=form, timeout=30).json())

    def read() -> int:
        with ThreadPoolExecutor(4) as pool:
            return sum(pool.map(page, range(100)))

    return read


READERS: dict[str, Callable[[str], Prepared]] = {
    read.__name__: read
    for read in (ours_canvas, ours_moodle, canvasapi, session_canvas, session_moodle)
}


def measure(read: Prepared) -> dict[str, Any]:
    memory, worked, start = _memory("VmRSS"), time.process_time(), time.perf_counter()
    members = read()
    return {
        "seconds": round(time.perf_counter() - start, 3),
        "processor_seconds": round(time.process_time() - worked, 3),
        "megabytes_above_start": round(_memory("VmHWM") - memory, 1),
        "members": members,
    }


def _memory(which: str) -> float:
    """Return megabytes in use now (`VmRSS`) or at the most (`VmHWM`, `proc(5)`)."""
    status = Path("/proc/self/status").read_text()
    return int(status.split(f"{which}:")[1].split()[0]) / 1024


if __name__ == "__main__":
    print(json.dumps(measure(READERS[sys.argv[1]](sys.argv[2]))))  # noqa: T201
