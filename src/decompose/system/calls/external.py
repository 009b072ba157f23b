"""The names of what is called outside of the application."""

from __future__ import annotations

import re
from functools import cached_property

from decompose.linking import Linked
from decompose.linking.calls.following import NEW_TYPE
from decompose.linking.effects import told_name
from decompose.linking.frames import Site
from decompose.linking.libraries.standard_modules import STANDARD_MODULES
from decompose.linking.values import Value

_INSTANCE = re.compile(r"(\w+)\(\)")
_PLAIN_TYPES = frozenset(["str", "int", "float", "bytes", "bytearray", "bool", "complex", "object", "range"])
_PRIVATE_SUMMARY = re.compile(r":_[a-zA-Z]|\.__call__$")
"""Classes that only a summary has, to say what a function returns; and what is called without being named."""


class ExternalNames:
    """The names of values and functions of libraries, each worked out once."""

    def __init__(self, linked: Linked) -> None:
        self.linked = linked
        self._of_values: dict[Value, str] = {}
        self._of_functions: dict[int, str] = {}

    def of(self, site: Site) -> list[str]:
        """The names of what a site calls outside."""
        found = []
        for value in sorted(site.external) if len(site.external) > 1 else site.external:
            if self.linked.values[value][2] == NEW_TYPE:
                continue  # it only gives back what it is given
            name = self._of_value(value)
            if "()." in name and self._is_declared(site):
                continue  # of which nothing is known but how it was got, where its class is declared
            # The call that gave a decorator stands for what the decorator does.
            if not (site.kind == "decorate" and name.endswith("()")):
                found.append(name)
        for index, _, kind in site.targets:
            # What a library calls for its own ends, such as the factory of a dictionary, nobody here has called.
            if kind == "library" and site.kind != "callback":
                name = self._of_function(index)
                declares = site.kind == "decorate" and name == "builtins:property"
                if name and not declares:
                    found.append(name)
        return found

    def _is_declared(self, site: Site) -> bool:
        """Whether what a method is called of is declared to be of a class of the application."""
        values = self.linked.values
        return any(
            receiver >= 0 and values.is_declared(receiver) for _, receiver, kind in site.targets if kind != "library"
        )

    def _of_value(self, value: Value) -> str:
        name = self._of_values.get(value)
        if name is None:
            _, module, attribute = self.linked.values[value]
            module, attribute = self._at_module(module, attribute)
            name = self._of_values[value] = f"{module}:{_INSTANCE.sub(_class_name, attribute)}"
        return name

    def _at_module(self, module: str, attribute: str) -> tuple[str, str]:
        """``os:path.join`` is ``os.path:join``, as if it were imported from there."""
        first, dot, rest = attribute.partition(".")
        while dot and f"{module}.{first}" in self._modules:
            module, attribute = f"{module}.{first}", rest
            first, dot, rest = attribute.partition(".")
        return module, attribute

    @cached_property
    def _modules(self) -> frozenset[str]:
        """The modules outside of the application that are known to be such."""
        imported = {
            module
            for own in self.linked.program.modules
            if not own.library
            for level, module, _ in own.facts.imported
            if not level
        }
        return STANDARD_MODULES | imported

    def _of_function(self, index: int) -> str:
        """The name of a function of a library; empty for what only its summary has."""
        name = self._of_functions.get(index)
        if name is None:
            told = told_name(self.linked.program.scopes[index])
            name = self._of_functions[index] = "" if _PRIVATE_SUMMARY.search(told) else told
        return name


def _class_name(match: re.Match[str]) -> str:
    """``Session().get`` is a method of ``Session``; what a function returns stays as it is."""
    name = match.group(1)
    return name if name[:1].isupper() or name in _PLAIN_TYPES else match.group()
