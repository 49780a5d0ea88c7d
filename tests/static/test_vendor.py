"""What we ship of others is what its page says it is."""

import hashlib
import re
from pathlib import Path

VENDOR = Path(__file__).parents[2] / "lti_mentor" / "static" / "vendor"


def test_every_vendored_file_is_listed_with_its_hash():
    rows = re.findall(r"^\| (\S+) \|.*\| ([0-9a-f]{64}) \|$", _readme(), re.MULTILINE)

    found = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in VENDOR.iterdir()
        if path.suffix in {".js", ".css"}
    }

    assert found == dict(rows)


def test_every_vendored_package_has_its_licence_beside_it():
    named = set(re.findall(r"LICENSE-\w+\.txt", _readme()))

    assert named == {path.name for path in VENDOR.glob("LICENSE-*")}


def test_nothing_of_ours_asks_another_host():
    sources = [p for p in VENDOR.parent.glob("*.*") if p.suffix in {".js", ".css"}]

    asked = [
        p.name
        for p in sources
        if re.search(r"(?:url\(|import).{0,3}https?:", p.read_text())
    ]

    assert sources and asked == []


def _readme() -> str:
    return (VENDOR / "README.md").read_text()
