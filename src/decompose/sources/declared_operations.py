"""Operations of an interface that a file describes (OpenAPI, Swagger), each with the function that answers: ``operationId: shop.orders.place``.

YAML is read by its lines and indents, which is how such files are written; what anchors and references put together is not seen.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from decompose.sources.records import DeclaredEntry

OPERATIONS, SAFEGUARDS = "operations of an interface", "safeguards of an interface"
"""The groups under which are declared what answers, by the method, the path of the whole, and that below it; and what is asked before."""

DOCUMENTS = frozenset({".yaml", ".yml", ".json"})
SERVED_BY = b"connexion"
"""Code that serves what such a file describes names this package; other files of the kind only tell what is there already."""

_METHODS = frozenset({"get", "put", "post", "delete", "options", "head", "patch", "trace"})
_FUNCTION = re.compile(r"[A-Za-z_][\w.]*")
_CONTROLLERS = ("x-openapi-router-controller", "x-swagger-router-controller")
_ASKED = re.compile(r"x-(?:basicInfo|bearerInfo|apikeyInfo|tokenInfo|scopeValidate)Func")
_KEY = re.compile(r"""^(\s*)(- +)?("[^"]*"|'[^']*'|[^\s#'"{}\[\]][^#'"]*?)\s*:(?:\s+(.*?))?\s*$""")
_PAIR = re.compile(r'''"([^"\\]+)"\s*:\s*"([^"\\]+)"''')
_LONGEST_LINE = 2_000
_BLOCK = re.compile(r"[|>][+-]?\d*")


class _Said(NamedTuple):
    """A value, the keys around it, and its line."""

    keys: tuple[str, ...]
    value: str
    line: int


def operations(path: str, text: str) -> Iterator[DeclaredEntry]:
    """What a file declares, nothing if it describes no interface; a broken one declares nothing."""
    if "operationId" not in text:
        return
    said = list(_in_json(text) if path.endswith(".json") else _in_yaml(text))
    base = next(filter(None, (_base(one) for one in said)), "")
    controllers = {one.keys[:-1]: one.value for one in said if one.keys[-1] in _CONTROLLERS}
    for keys, value, line in said:
        if _ASKED.fullmatch(keys[-1]) and _FUNCTION.fullmatch(value):
            yield DeclaredEntry(SAFEGUARDS, keys[-2], value, path, line)
        if len(keys) == 4 and keys[0] == "paths" and keys[2] in _METHODS and keys[3] == "operationId":
            around = (controllers.get(keys[:depth]) for depth in (3, 2, 0))
            target = ".".join(filter(None, (next(filter(None, around), ""), value)))
            if _FUNCTION.fullmatch(target):
                yield DeclaredEntry(OPERATIONS, f"{keys[2].upper()} {base or '/'} {keys[1]}", target, path, line)


def _base(said: _Said) -> str:
    """The path of all operations, where a value tells it: that of the first server."""
    if said.keys == ("basePath",):
        return said.value
    return urlsplit(said.value).path if said.keys == ("servers", "url") and "{" not in said.value else ""


def _in_json(text: str) -> Iterator[_Said]:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return
    lines: dict[tuple[str, str], int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        for pair in _PAIR.findall(line):
            lines.setdefault(pair, number)
    waiting: list[tuple[tuple[str, ...], Any]] = [((), document)]
    while waiting:
        keys, value = waiting.pop()
        if isinstance(value, dict):
            waiting += (((*keys, str(key)), below) for key, below in reversed(value.items()))
        elif isinstance(value, list) and keys == ("servers",):
            waiting += ((keys, below) for below in reversed(value))
        elif isinstance(value, str) and keys:
            yield _Said(keys, value, lines.get((keys[-1], value), 1))


def _in_yaml(text: str) -> Iterator[_Said]:
    around: list[tuple[int, str]] = []
    inside_text = -1
    for number, line in enumerate(text.splitlines(), 1):
        indent = len(line) - len(line.lstrip())
        if not line.strip() or len(line) > _LONGEST_LINE or (0 <= inside_text < indent):
            continue
        inside_text = -1
        found = _KEY.match(line.partition(" #")[0])
        if found is None:
            continue
        item, key, value = found[2] or "", found[3].strip("'\""), (found[4] or "").strip()
        if _BLOCK.fullmatch(value):
            inside_text = indent
        # An item of a list may stand as far to the left as the key of the list.
        indent += len(item)
        while around and around[-1][0] >= indent:
            around.pop()
        around.append((indent, key))
        if value:
            yield _Said(tuple(name for _, name in around), value.strip("'\""), number)
