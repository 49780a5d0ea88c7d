"""Prints how far people are in a course and its skills: an example to start from.

    LMS_TOKEN=... python -m lms_clients moodle https://moodle.example.edu
    LMS_TOKEN=... python -m lms_clients canvas https://canvas.example.edu 42

Without a course it lists the courses, and what the token still lacks.
"""

import argparse
import os
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from getpass import getpass

from lms_clients import LMSClient, LMSError, Role, connect
from lms_clients.transport import new_session


def overview(client: LMSClient) -> Iterator[str]:
    """Say which LMS this is, what an admin could still grant, and the courses."""
    site = client.site()
    yield f"{site.name} ({site.kind} {site.release})".replace(" )", ")")
    for lack in client.capabilities().lacking():
        yield f"lacks {lack.missing} for {lack.ability} ({lack.menu})"
    for course in client.courses():
        yield f"{course.id}\t{course.name}"


def progress(client: LMSClient, course_id: str) -> Iterator[str]:
    """Give a line for each learner: state, share done, skills mastered."""
    skills = {skill.id: skill.name for skill in client.skills(course_id)}
    names = {
        member.id: member.name
        for member in client.members(course_id)
        if Role.LEARNER in member.roles
    }
    mastered: dict[str, list[str]] = defaultdict(list)
    for level in client.proficiencies(course_id):
        if level.is_mastered and level.skill_id in skills:
            mastered[level.person_id].append(skills[level.skill_id])
    for row in client.course_completions(course_id):
        share = "" if row.progress is None else f"{row.progress:.0%}"
        name = names.get(row.person_id, row.person_id)
        yield "\t".join([name, row.state, share, ", ".join(mastered[row.person_id])])


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the arguments, ask the LMS, print."""
    parser = argparse.ArgumentParser(prog="python -m lms_clients")
    parser.add_argument("kind", choices=["moodle", "canvas"])
    parser.add_argument("url", help="for example https://moodle.example.edu")
    parser.add_argument("course", nargs="?", help="a course's id; none lists them")
    asked = parser.parse_args(arguments)
    token = os.environ.get("LMS_TOKEN") or getpass("Access token: ")
    with new_session() as session:
        client = connect(asked.kind, asked.url, token, session=session)
        told = progress(client, asked.course) if asked.course else overview(client)
        try:
            sys.stdout.writelines(f"{line}\n" for line in told)
        except LMSError as error:
            lacking = f" (lacks {error.missing})" if error.missing else ""
            sys.exit(f"{type(error).__name__}: {error}{lacking}")


if __name__ == "__main__":
    main()
