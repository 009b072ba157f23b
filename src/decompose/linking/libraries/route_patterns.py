"""Routes that are regular expressions, as people read them."""

from __future__ import annotations

import re

_NAMED = re.compile(r"\(\?P<(\w+)>")
_BRACKETS = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]])*\]|[()]")  # what is escaped or in a class of characters is none


def readable(route: str) -> str:
    """A regular expression's route without its anchors; named groups become ``<name>``, others ``<var>``."""
    route = re.sub(r"/\?$", "/", route.removeprefix("^").removesuffix("$"))
    parts, at, depth = [], 0, 0
    for sign in _BRACKETS.finditer(route) if "(" in route else ():
        if sign[0] == "(":
            if not depth:
                parts.append(route[at : sign.start()].replace("/?", "/"))
                at = sign.start()
            depth += 1
        elif sign[0] == ")" and depth:
            depth -= 1
            if not depth:
                parts.append(_shown(route[at : sign.end()]))
                at = sign.end()
    return "".join((*parts, route[at:]))


def _shown(group: str) -> str:
    named = _NAMED.match(group)
    if named:
        return f"<{named[1]}>"
    return group if group.startswith("(?") else "<var>"
