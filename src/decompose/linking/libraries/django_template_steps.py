"""The text of a Django template -> the steps that it takes: what it uses, loops over, names, includes and calls."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

_TOKEN = re.compile(r"\{\{(.*?)\}\}|\{%(.*?)%\}", re.DOTALL)
_COMMENT = re.compile(r"\{#.*?#\}|\{%\s*comment\b.*?%\}.*?\{%\s*endcomment\s*%\}", re.DOTALL)
_STRING = re.compile(r"\"[^\"]*\"|'[^']*'")
_PATH = re.compile(r"(?<![\w.|:])[A-Za-z_]\w*(?:\.\w+)*")
_FILTERED = re.compile(r"([A-Za-z_]\w*(?:\.\w+)*)\s*\|\s*(\w+)")
_CHOSEN = re.compile(r"\|\s*\w+\s*:\s*(\"[^\"]*\"|'[^']*')")
_ASSIGNED = re.compile(r"(\w+)=([A-Za-z_]\w*(?:\.\w+)*)|([A-Za-z_]\w*(?:\.\w+)*(?:\s*\|\s*\w+)?)\s+as\s+(\w+)")
_KNOWN_AS = re.compile(r"\bas\s+(\w+)\s*$")
_ARGUMENT = re.compile(r"(?:(\w+)=)?((?:\"[^\"]*\"|'[^']*'|[^\s\"'])+)")
_WORDS = frozenset(
    {"and", "or", "not", "in", "is", "if", "else", "with", "as", "only", "by", "True", "False", "None", "forloop"}
)


class Step(NamedTuple):
    """One thing that a template does: ``kind`` is use, for, with, end, include, extends or tag.

    The ``path`` of a tag is the text of all its arguments.
    """

    kind: str
    names: tuple[str, ...] = ()
    path: str = ""
    filtered: str = ""


@cache
def steps_of(text: str) -> tuple[Step, ...]:
    """The steps of a template, in order."""
    return tuple(_steps(_COMMENT.sub("", text)))


def _steps(text: str) -> Iterator[Step]:
    for match in _TOKEN.finditer(text):
        if match[1] is not None:
            yield from _uses(match[1])
            continue
        tag, _, rest = match[2].strip().partition(" ")
        if tag == "for":
            names, _, source = rest.partition(" in ")
            found = _PATH.search(_STRING.sub("", source))
            filtered = _FILTERED.search(source)
            path = found[0] if found is not None else ""
            yield Step("for", tuple(n.strip() for n in names.split(",")), path, filtered[2] if filtered else "")
        elif tag in ("with", "blocktrans", "blocktranslate"):
            yield from _uses(rest)
            yield Step("open")
            yield from _named(rest)
        elif tag in ("endfor", "endwith", "endblocktrans", "endblocktranslate"):
            yield Step("end")
        elif tag in ("include", "extends"):
            chosen, _, given = rest.partition(" with ")
            yield from _uses(rest)
            yield Step("open")
            yield from _named(given)
            for named in _templates_named(chosen):
                yield Step(tag, (), named)
            yield Step("end")
        elif tag not in ("load", "block", "endblock", "csrf_token", "trans", "translate"):
            called = _KNOWN_AS.search(rest)
            yield Step("tag", (tag, called[1] if called is not None else ""), rest)


@cache
def uses_of(arguments: str) -> tuple[Step, ...]:
    """What the arguments of a tag use."""
    return tuple(_uses(arguments))


@cache
def arguments_of(arguments: str) -> tuple[tuple[str, str, str], ...]:
    """The arguments of a tag: the name of each that has one, its path, and the filter that it goes through."""
    found = []
    for name, given in _ARGUMENT.findall(_KNOWN_AS.sub("", arguments)):
        path, _, filtered = _STRING.sub("", given).partition("|")
        found.append((name, path if _PATH.fullmatch(path) else "", filtered.partition(":")[0].partition("|")[0]))
    return tuple(found)


def _named(text: str) -> Iterator[Step]:
    """What is known by other names inside of a block, or in a template that is included."""
    for name, path, source, known_as in _ASSIGNED.findall(text):
        given, _, filtered = (path or source).partition("|")
        yield Step("with", (name or known_as,), given.strip(), filtered.strip())


def _templates_named(text: str) -> Iterator[str]:
    """The templates that a tag may mean: the text that it begins with, or those that filters choose from (`|yesno:"a.html,b.html"`)."""
    plain = _STRING.match(text.strip())
    if plain is not None:
        yield plain[0][1:-1]
        return
    for given in _CHOSEN.findall(text):
        yield from (name.strip() for name in given[1:-1].split(","))


def _uses(text: str) -> Iterator[Step]:
    plain = _STRING.sub("", text)
    filters = dict(_FILTERED.findall(plain))
    for path in _PATH.findall(plain):
        if path not in _WORDS:
            yield Step("use", (), path, filters.get(path, ""))
