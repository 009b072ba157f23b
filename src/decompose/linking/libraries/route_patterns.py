"""Routes that are regular expressions, as people read them."""

from __future__ import annotations

import re

_NAMED = re.compile(r"\(\?P<(\w+)>")
_BRACKETS = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]])*\]|[()]")  # what is escaped or in a class of characters is none


def readable(route: str) -> str:
    """A regular expression's route without its anchors; named groups become ``<name>``, others ``<var>``.

    What may be left out (``(?:page/)?``) is left out: the route answers there as well.
    """
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
                group, at = route[at : sign.end()], sign.end()
                if group.startswith("(?:") and route[at : at + 1] in ("?", "*"):
                    at += 1
                else:
                    parts.append(_shown(group))
    return "".join((*parts, route[at:]))


def _shown(group: str) -> str:
    named = _NAMED.match(group)
    if named:
        return f"<{named[1]}>"
    if group.startswith("(?:") and "|" not in group:
        return readable(group[3:-1])
    return group if group.startswith("(?") else "<var>"
