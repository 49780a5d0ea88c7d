"""The optional Moodle plugin holds what Moodle looks for, and nothing it does not need.

Its PHP is checked by `php -l` by hand; here, names and places that must agree.
"""

import re
from pathlib import Path

import pytest

from lti_mentor.demo.moodle.pages import HUB

PLUGIN = Path(__file__).parents[1] / "deploy/moodle/local_ltimentor"
SOURCES = sorted(PLUGIN.rglob("*.php"))
GUARD = "defined('MOODLE_INTERNAL') || die();"


def read(name: str) -> str:
    return (PLUGIN / name).read_text()


def test_moodle_finds_every_file_it_looks_for() -> None:
    found = [str(path.relative_to(PLUGIN)) for path in SOURCES]

    assert found == [
        "classes/privacy/provider.php",
        "lang/en/local_ltimentor.php",
        "lib.php",
        "version.php",
    ]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_a_file_is_php_alone_and_does_nothing_when_called_by_its_address(
    path: Path,
) -> None:
    text = path.read_text()

    assert text.startswith("<?php\n")
    assert "?>" not in text
    assert GUARD in text or "\nnamespace local_ltimentor\\privacy;\n" in text


def test_the_version_names_the_component_and_the_moodle_it_needs() -> None:
    settings = dict(
        re.findall(r"^\$plugin->(\w+) = (.+);", read("version.php"), re.MULTILINE)
    )

    assert settings["component"] == "'local_ltimentor'"
    assert re.fullmatch(r"20\d{8}", settings["version"])
    assert settings["requires"] == "2024100700"
    assert settings["supported"] == "[405, 501]"


def test_the_callback_is_named_as_moodle_calls_it() -> None:
    functions = re.findall(r"^function (\w+)\(", read("lib.php"), re.MULTILINE)

    assert functions[0] == "local_ltimentor_extend_navigation_course"
    assert all(name.startswith("local_ltimentor_") for name in functions)


def test_the_tab_opens_the_hidden_hub_for_those_who_may_see_it() -> None:
    text = read("lib.php")

    assert f"const LOCAL_LTIMENTOR_IDNUMBER = '{HUB}';" in text
    assert "get_instances_of('lti')" in text
    assert "$activity->uservisible" in text
    assert "!$activity->deletioninprogress" in text


def test_every_word_the_plugin_asks_for_is_there() -> None:
    words = set(
        re.findall(
            r"^\$string\['(.+?)'\]", read("lang/en/local_ltimentor.php"), re.MULTILINE
        )
    )
    asked = {
        name
        for path in SOURCES
        for name in re.findall(
            r"get_string\('(\w+)', 'local_ltimentor'\)", path.read_text()
        )
    }
    reason = re.search(r"return '(.+)';", read("classes/privacy/provider.php"))

    assert reason is not None
    assert words == asked | {"pluginname", reason[1]}


def test_nothing_about_people_is_kept() -> None:
    assert "null_provider" in read("classes/privacy/provider.php")
    assert not any("$DB" in path.read_text() for path in SOURCES)


def test_the_steps_name_what_an_admin_has_to_switch_on() -> None:
    steps = read("README.md")

    assert f"`{HUB}`" in steps
    assert "Allow stealth activities" in steps
    assert "Make available but don't show on course page" in steps
