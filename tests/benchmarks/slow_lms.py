"""A Canvas and a Moodle with 10,000 people over 100 pages, each page 20 ms away.

Run as a process of its own, so that its work is not the client's; prints its port.
"""

import asyncio
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

PEOPLE, PER_PAGE = 10_000, 100
LATENCY = 0.02
ROLES = [{"roleid": 5, "name": "", "shortname": "student", "sortorder": 0}]


def canvas_user(n: int) -> dict[str, Any]:
    enrolment = {
        "id": n,
        "root_account_id": 1,
        "user_id": n,
        "course_id": 1,
        "course_section_id": n % 20 + 1,
        "enrollment_state": "active",
        "type": "StudentEnrollment",
        "role": "StudentEnrollment",
        "last_activity_at": "2026-11-01T10:00:00Z",
        "grades": {"current_score": n % 100, "final_score": n % 90},
    }
    return {
        "id": n,
        "name": f"Learner {n}",
        "created_at": "2026-09-01T08:00:00Z",
        "sortable_name": f"{n}, Learner",
        "short_name": f"Learner {n}",
        "login_id": f"learner{n}",
        "email": f"learner{n}@example.edu",
        "enrollments": [enrolment],
    }


def moodle_user(n: int) -> dict[str, Any]:
    return {
        "id": n,
        "username": f"learner{n}",
        "fullname": f"Learner {n}",
        "email": f"learner{n}@example.edu",
        "idnumber": f"L-{n}",
        "lastcourseaccess": 1795377600,
        "roles": ROLES,
        "groups": [{"id": n % 20 + 1, "name": "Group", "description": ""}],
    }


def pages(make: Any) -> list[bytes]:
    return [
        json.dumps([make(n + 1) for n in range(start, start + PER_PAGE)]).encode()
        for start in range(0, PEOPLE, PER_PAGE)
    ]


CANVAS, MOODLE = pages(canvas_user), pages(moodle_user)


def answer(host: str, target: str, body: str) -> Iterator[bytes]:
    """Give the lines of an answer: the page that is asked for."""
    asked = urlsplit(target)
    if asked.path.endswith("server.php"):
        yield from _with(_moodle(parse_qs(body)))
    elif asked.path.endswith(("/users", "/search_users")):
        number = int(parse_qs(asked.query).get("page", ["1"])[0])
        if number < len(CANVAS):
            url = f"http://{host}{asked.path}?page={number + 1}&per_page={PER_PAGE}"
            yield f'Link: <{url}>; rel="next"\r\n'.encode()
        yield from _with(CANVAS[number - 1])
    else:
        yield from _with(b'{"id": 1, "name": "Course"}')


def _moodle(form: dict[str, list[str]]) -> bytes:
    values = {
        form[f"options[{n}][name]"][0]: form[f"options[{n}][value]"][0]
        for n in range(9)
        if f"options[{n}][name]" in form
    }
    page = int(values.get("limitfrom", PEOPLE)) // PER_PAGE
    return MOODLE[page] if page < len(MOODLE) else b"[]"


def _with(body: bytes) -> Iterator[bytes]:
    yield f"Content-Length: {len(body)}\r\n\r\n".encode()
    yield body


async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer one connection, request by request, each after the latency."""
    while head := await _head(reader):
        first, *lines = head.split("\r\n")
        named = dict(line.lower().split(": ", 1) for line in lines if ": " in line)
        body = await reader.readexactly(int(named.get("content-length", 0)))
        await asyncio.sleep(LATENCY)
        text = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
        writer.write(
            text + b"".join(answer(named["host"], first.split(" ")[1], body.decode()))
        )
        await writer.drain()
    writer.close()


async def _head(reader: asyncio.StreamReader) -> str:
    try:
        return (await reader.readuntil(b"\r\n\r\n")).decode()
    except (asyncio.IncompleteReadError, ConnectionError):
        return ""


async def main() -> None:
    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)  # noqa: T201
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
