"""The documentation names every command, option, export and configuration key, and nothing that does not exist."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import msgspec
import pytest

from decompose.boundaries import DIRECTIONS
from decompose.boundaries.generators import GENERATORS
from decompose.boundaries.graph import DEFAULT_WEIGHTS
from decompose.cli import group
from decompose.report.exports import EXPORTS
from decompose.runs.configuration import Configuration

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = (ROOT / "docs" / "reference.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]

CONTEXT = click.Context(group)
COMMANDS = {name: command for name in group.list_commands(CONTEXT) if (command := group.get_command(CONTEXT, name))}
OPTIONS = [
    pytest.param(name, option, id=f"{name} {option.opts[-1]}")
    for name, command in COMMANDS.items()
    for option in command.params
    if isinstance(option, click.Option)
]


def section(title: str) -> str:
    """The text of the reference from the heading that starts with ``title`` to the next of the same level."""
    found = re.search(rf"^## {re.escape(title)}\b.*?(?=^## |\Z)", REFERENCE, re.MULTILINE | re.DOTALL)
    assert found, f"docs/reference.md has no section {title!r}"
    return found[0]


def rows(text: str) -> dict[str, list[str]]:
    """The first cell of each row of the tables in ``text`` -> everything in backticks in the others."""
    return {
        found[1]: re.findall(r"`([^`]+)`", found[2])
        for found in re.finditer(r"^\| `([^`]+)` \|(.*)$", text, re.MULTILINE)
    }


def code(text: str) -> str:
    """Join the first cells of the tables in ``text``."""
    return "\n".join(re.findall(r"^\|([^|]*)\|", text, re.MULTILINE))


def commands_in(text: str) -> list[list[str]]:
    """Every use of the program in blocks of code and in backticks, as words."""
    blocks = re.findall(r"^(?: {4}|)((?:\.venv/bin/)?decompose .*)$", text, re.MULTILINE)
    inline = re.findall(r"`(decompose [^`]+)`", text)
    chained = [part.strip() for part in re.findall(r"&& (\.venv/bin/decompose [^&\n]*)", text)]
    return [shlex.split(line, comments=True) for line in (*blocks, *inline, *chained)]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_a_section_and_a_line_in_the_readme(name: str) -> None:
    assert section(f"decompose {name}")
    assert f"`decompose {name}" in README


@pytest.mark.parametrize(("name", "option"), OPTIONS)
def test_every_option_is_documented(name: str, option: click.Option) -> None:
    documented = code(section(f"decompose {name}"))
    for spelling in option.opts:
        assert re.search(rf"`{re.escape(spelling)}[` ]", documented), spelling
    if isinstance(option.type, click.Choice):
        missing = [choice for choice in option.type.choices if not re.search(rf"\b{choice}`", documented)]
        assert not missing


@pytest.mark.parametrize("name", COMMANDS)
def test_no_option_is_documented_that_does_not_exist(name: str) -> None:
    known = {spelling for option in COMMANDS[name].params for spelling in option.opts}
    assert set(re.findall(r"`(--?[a-z][a-z-]*)", code(section(f"decompose {name}")))) <= known


def test_every_export_and_its_columns_are_documented() -> None:
    table, _, _ = section("Exports").partition("### ")
    assert rows(table) == {name: list(export.columns) for name, export in EXPORTS.items()}


def test_every_export_can_be_asked_for() -> None:
    what = next(parameter.type for parameter in COMMANDS["export"].params if parameter.name == "what")
    assert isinstance(what, click.Choice)
    assert set(what.choices) == set(EXPORTS)
    assert set(re.findall(r"[a-z_]+", (COMMANDS["export"].help or "").partition("WHAT is one of: ")[2])) == set(EXPORTS)


def test_every_score_is_documented() -> None:
    documented = rows(section("Exports").partition("### Scores")[2].partition("### ")[0])
    assert list(documented) == list(DIRECTIONS)


def test_every_configuration_key_is_documented() -> None:
    keys = [field.name for field in msgspec.structs.fields(Configuration)]
    assert list(rows(section("Configuration"))) == keys


def test_every_layer_is_documented_with_its_weight() -> None:
    documented = dict(re.findall(r"`([a-z ]+)` (\d+(?:\.\d+)?)", section("Configuration")))
    assert {layer: float(weight) for layer, weight in documented.items()} == dict(DEFAULT_WEIGHTS)


def test_every_generator_is_explained() -> None:
    explanation = (ROOT / "docs" / "explanation.md").read_text(encoding="utf-8")
    assert all(f"| `{generator.name}` |" in explanation for generator in GENERATORS)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_that_are_shown_exist(page: Path) -> None:
    for words in commands_in(page.read_text(encoding="utf-8")):
        name = words[1]
        if name in ("COMMAND", "--version", "--help"):
            continue
        assert name in COMMANDS, words
        known = {spelling for option in COMMANDS[name].params for spelling in option.opts} | {"--help"}
        unknown = [word for word in words[2:] if word.startswith("-") and word.partition("=")[0] not in known]
        assert not unknown, words


def test_the_readme_has_two_commands_of_one_line_each() -> None:
    for name in ("analyze", "test"):
        found = re.search(rf"^<!-- command: {name} -->\n```sh\n(.*)\n```$", README, re.MULTILINE)
        assert found, name
        assert found[1].startswith("python3 -m venv .venv && ")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)]+)\)", page.read_text(encoding="utf-8")):
        if target.startswith("https://"):
            continue
        file, _, anchor = target.partition("#")
        other = (page.parent / file) if file else page
        assert other.exists(), target
        if anchor:
            headings = re.findall(r"^#+ (.*)$", other.read_text(encoding="utf-8"), re.MULTILINE)
            assert anchor in {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}, target
