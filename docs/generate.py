"""Write the parts of the reference that follow from the program: its commands, and the data of a run.

    python docs/generate.py

`tests/docs/` fails when a page is not what this writes.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from decompose.cli import group
from decompose.runs.document import schema

FOLDER = Path(__file__).parent
WIDTH = 100
WIDTH_OF_PROSE = 130

COMMANDS_ABOUT = """\
The help of every command, as `decompose COMMAND --help` prints it. What the options mean in full, and what the results hold, is
in the [reference](reference.md)."""

DATA_ABOUT = """\
`analysis.json` is one object, an `Analysis`. `decompose schema` prints the same as JSON Schema. A field with a default may be
missing. Within one `format_version` fields may be added; what is there keeps its meaning."""


def commands() -> str:
    """The help of every command, as the program prints it."""
    context = click.Context(group, info_name="decompose", **group.context_settings)
    parts = [
        "# Commands",
        COMMANDS_ABOUT,
        _help(group, context),
    ]
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        parts += [f"## decompose {name}", _help(command, click.Context(command, info_name=name, parent=context))]
    return "\n\n".join(parts) + "\n"


def _help(command: click.Command, context: click.Context) -> str:
    context.terminal_width = WIDTH
    text = "\n".join(line.rstrip() for line in command.get_help(context).splitlines())
    return f"```text\n{text}\n```"


def data() -> str:
    """Every record of ``analysis.json``, from its JSON Schema."""
    whole = schema()
    definitions: dict[str, Any] = whole["$defs"]
    parts = [
        "# The data of a run",
        DATA_ABOUT,
    ]
    for name in _in_order("Analysis", definitions):
        definition = definitions[name]
        about, meanings = _text(definition)
        parts += [f"## {name}", *about, "\n".join(_fields(definition, meanings))]
    return "\n\n".join(parts) + "\n"


def _in_order(first: str, definitions: dict[str, Any]) -> list[str]:
    """Records in the order in which a reader meets them."""
    order, waiting = [], [first]
    while waiting:
        name = waiting.pop(0)
        if name not in order:
            order.append(name)
            waiting += _mentioned(definitions[name])
    return order


def _mentioned(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"].rpartition("/")[2]
        for inner in value.values():
            yield from _mentioned(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _mentioned(inner)


def _text(definition: dict[str, Any]) -> tuple[list[str], dict[str, str]]:
    """What the docstring of a record says of the whole, paragraph by paragraph, and of each field.

    A sentence that begins with the name of a field tells of that field, with what follows up to the next such sentence.
    """
    fields = "|".join(definition.get("properties", ()))
    of_a_field = re.compile(rf"(?:^|(?<=\. ))(?=`(?:{fields})`)") if fields else re.compile(r"(?!)")
    about, meanings = [], {}
    for paragraph in definition.get("description", "").split("\n\n"):
        text = " ".join(paragraph.replace("``", "`").split())
        for piece in filter(None, (piece.strip() for piece in of_a_field.split(text))):
            name = re.match(rf"`({fields})`(?:: )?", piece) if fields else None
            if name is None:
                about += [textwrap.fill(piece, WIDTH_OF_PROSE, break_long_words=False, break_on_hyphens=False)]
            else:
                meanings[name[1]] = piece[name.end() :] if name[0].endswith(": ") else piece
    return about, meanings


def _fields(definition: dict[str, Any], meanings: dict[str, str]) -> Iterator[str]:
    yield f"| field | type | default |{' meaning |' if meanings else ''}"
    yield f"|---|---|---|{'---|' if meanings else ''}"
    for name, field in definition.get("properties", {}).items():
        default = f"`{_literal(field['default'])}`" if "default" in field else ""
        meaning = f" {meanings.get(name, '')} |".replace("  |", " |") if meanings else ""
        yield f"| `{name}` | {_type(field)} | {default} |{meaning}"


def _literal(value: Any) -> str:
    if isinstance(value, dict) and value:
        return "its own defaults"
    return {"": '""', (): "[]"}.get(value, str(value)) if isinstance(value, (str, tuple)) else str(value)


def _type(field: dict[str, Any]) -> str:
    if "$ref" in field:
        name = field["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if "anyOf" in field:
        return " or ".join(_type(part) for part in field["anyOf"])
    if "enum" in field:
        return " or ".join(f"`{_literal(value)}`" for value in field["enum"])
    if field.get("type") == "array":
        if "prefixItems" in field:
            return f"list of {', '.join(_type(item) for item in field['prefixItems'])}"
        return f"list of {_type(field['items'])}" if isinstance(field.get("items"), dict) else "list"
    if field.get("type") == "object":
        inner = field.get("additionalProperties")
        return f"object of {_type(inner)}" if isinstance(inner, dict) else "object"
    return str(field.get("type", "any"))


PAGES = {"commands.md": commands, "data.md": data}

if __name__ == "__main__":
    for page, make in PAGES.items():
        (FOLDER / page).write_text(make(), encoding="utf-8")
