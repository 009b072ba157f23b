"""The names of what is called outside of the application."""

from __future__ import annotations

import re

from decompose.linking import Linked
from decompose.linking.frames import Site
from decompose.linking.program import Scope
from decompose.linking.values import Value

_INSTANCE = re.compile(r"(\w+)\(\)")
_PLAIN_TYPES = frozenset(["str", "int", "float", "bytes", "bytearray", "bool", "complex", "object", "range"])
_PRIVATE_SUMMARY = re.compile(r":_[a-zA-Z]|\.__call__$")
"""Classes that only a summary has, to say what a function returns; and what is called without being named."""


def external_names(linked: Linked, site: Site, known: dict[Value, str]) -> list[str]:
    """The names of what a site calls outside; those of values are kept in ``known``."""
    found = []
    for value in sorted(site.external) if len(site.external) > 1 else site.external:
        name = known.get(value)
        if name is None:
            _, module, attribute = linked.values[value]
            name = known[value] = f"{module}:{_INSTANCE.sub(_class_name, attribute)}"
        # The call that gave a decorator stands for what the decorator does.
        if not (site.kind == "decorate" and name.endswith("()")):
            found.append(name)
    for index, _, kind in site.targets:
        # What a library calls for its own ends, such as the factory of a dictionary, nobody here has called.
        if kind == "library" and site.kind != "callback":
            definition = _told(linked.program.scopes[index])
            declares = site.kind == "decorate" and definition == "builtins:property"
            if not declares and not _PRIVATE_SUMMARY.search(definition):
                found.append(definition)
    return found


def _told(function: Scope) -> str:
    """The id of a function of a library, or the way on which an object without a name of its own is got."""
    way = function.parent.facts.names.get("__reached_by__") if function.parent is not None else None
    return f"{function.module.name}:{way}.{function.facts.name}" if isinstance(way, str) else function.definition


def _class_name(match: re.Match[str]) -> str:
    """``Session().get`` is a method of ``Session``; what a function returns stays as it is."""
    name = match.group(1)
    return name if name[:1].isupper() or name in _PLAIN_TYPES else match.group()
