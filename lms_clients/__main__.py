"""Prints how far people are in a course and its skills: an example to start from.

    LMS_TOKEN=... python -m lms_clients moodle https://moodle.example.edu
    LMS_TOKEN=... python -m lms_clients canvas https://canvas.example.edu 42

Without a course it lists the courses, and what the token still lacks. Lines are
parted by tabs: name, state, share done, skills mastered.
"""

import argparse
import os
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from getpass import getpass

from lms_clients import Forbidden, LMSClient, LMSError, Role, connect
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
    names = {
        member.id: member.name
        for member in client.members(course_id)
        if Role.LEARNER in member.roles
    }
    try:
        skills = mastered(client, course_id)
    except Forbidden as error:  # who may see completion need not see skills
        yield f"without skills: {told(error)}"
        skills = {}
    for row in client.course_completions(course_id):
        share = "" if row.progress is None else f"{row.progress:.0%}"
        name = names.get(row.person_id, row.person_id)
        yield "\t".join(
            [name, row.state, share, ", ".join(skills.get(row.person_id, ()))]
        )


def mastered(client: LMSClient, course_id: str) -> dict[str, list[str]]:
    """Give the names of the skills that each learner, by id, has mastered."""
    names = {skill.id: skill.name for skill in client.skills(course_id)}
    found: dict[str, list[str]] = defaultdict(list)
    for level in client.proficiencies(course_id):
        if level.is_mastered and level.skill_id in names:
            found[level.person_id].append(names[level.skill_id])
    return found


def told(error: LMSError) -> str:
    """Say in one line what went wrong, and which right would mend it."""
    lacking = f" (lacks {error.missing})" if error.missing else ""
    return f"{type(error).__name__}: {error}{lacking}"


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the arguments, ask the LMS, print."""
    parser = argparse.ArgumentParser(prog="python -m lms_clients")
    parser.add_argument("kind", choices=["moodle", "canvas"])
    parser.add_argument("url", help="for example https://moodle.example.edu")
    parser.add_argument("course", nargs="?", help="a course's id; none lists them")
    asked = parser.parse_args(arguments)
    token = os.environ.get("LMS_TOKEN") or getpass("Access token: ")
    with new_session() as session:
        try:
            client = connect(asked.kind, asked.url, token, session=session)
        except ValueError as error:  # no address, for example one without https://
            parser.error(str(error))
        try:
            lines = progress(client, asked.course) if asked.course else overview(client)
            sys.stdout.writelines(f"{line}\n" for line in lines)
        except LMSError as error:
            sys.exit(told(error))


if __name__ == "__main__":
    main()
