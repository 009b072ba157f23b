"""Functions in a cloud that a template declares: of AWS SAM (``Handler: app.place``) and Serverless (``handler: app.place``).

The templates are read by their lines and indents: each handler under the name that its block has.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

CLOUD_FUNCTIONS = "functions in a cloud"
"""The group under which they are declared."""

TEMPLATES = ("template.yaml", "template.yml", "serverless.yml", "serverless.yaml")

_KEY = re.compile(r"[\w.-]+")
_HANDLER = re.compile(r"[\w./]+\.\w+")
_OF_A_FUNCTION = frozenset({"Properties"})
"""The part of a function's block in which its handler may stand."""


_LONGEST_NAME = 300


def functions_in_cloud(text: str) -> Iterator[tuple[str, str, str, int]]:
    """(group, name, what it names, line); the folder of the code may be a root of modules or a package, so both are told."""
    around: list[tuple[int, str, dict[str, str]]] = []
    blocks: list[tuple[str, dict[str, str]]] = []
    lines: dict[int, int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        bare = line.partition("#")[0]
        key, colon, told = bare.strip().removeprefix("- ").partition(":")
        if not colon or not _KEY.fullmatch(key):
            continue
        indent, value = len(bare) - len(bare.lstrip()), told.strip().strip("'\"")
        while around and around[-1][0] >= indent:
            around.pop()
        if around:
            around[-1][2][key.lower()] = value
            if key.lower() == "handler":
                lines[id(around[-1][2])] = number
        said: dict[str, str] = {}
        around.append((indent, key, said))
        owner = around[-2][1] if key in _OF_A_FUNCTION and len(around) > 1 else key
        blocks.append((owner, said))
    for name, said in blocks:
        handler = said.get("handler", "")
        folder = said.get("codeuri", "")
        if len(handler) + len(folder) <= _LONGEST_NAME and _HANDLER.fullmatch(handler):
            for target in _targets(handler, folder):
                yield CLOUD_FUNCTIONS, name, target, lines[id(said)]


def _targets(handler: str, folder: str) -> Iterator[str]:
    path, _, function = handler.rpartition(".")
    module = path.strip("./").replace("/", ".")
    package = folder.strip("./").replace("/", ".")
    yield f"{module}:{function}"
    if package:
        yield f"{package}.{module}:{function}"
