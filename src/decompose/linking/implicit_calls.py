"""Calls that no code writes as calls: of properties and special methods, and those that a framework makes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from decompose.linking.values import Value


class ImplicitCall(NamedTuple):
    """A line of ``caller`` makes ``callee`` run, both by the numbers of their scopes.

    ``receiver`` is the object whose method the caller is, ``acting`` that whose method the callee is; -1 for none.
    """

    caller: int
    receiver: Value
    line: int
    kind: str
    callee: int
    acting: Value


class ImplicitCalls:
    """All that are found, and what leads there."""

    def __init__(self) -> None:
        self._found: set[ImplicitCall] = set()
        self._rules: dict[ImplicitCall, str] = {}
        self._functions_between: dict[ImplicitCall, str] = {}
        self.rows: dict[ImplicitCall, set[Value]] = {}
        """Those that a framework makes where rows are written, each with the rows."""
        self.parameters_for_rows: dict[int, set[str]] = {}
        """Who is called so -> the parameters by which it is given the row."""

    def __iter__(self) -> Iterator[ImplicitCall]:
        return iter(self._found)

    def __contains__(self, call: ImplicitCall) -> bool:
        return call in self._found

    def add(self, call: ImplicitCall) -> None:
        """A call that the syntax implies."""
        self._found.add(call)

    def add_wired(self, call: ImplicitCall, rule: str) -> None:
        """A call that a framework makes; the rule says for people what leads there."""
        self._found.add(call)
        self._rules[call] = rule

    def add_rows(self, call: ImplicitCall, row: Value, parameters: Iterable[str]) -> None:
        """It happens where such a row is written, and the callee is given the row by these parameters."""
        self.rows.setdefault(call, set()).add(row)
        self.parameters_for_rows.setdefault(call.callee, set()).update(parameters)

    def add_between(self, call: ImplicitCall, function: str) -> None:
        """A library's function makes the call; of several the first by name is told."""
        self._functions_between[call] = min(function, self._functions_between.get(call, function))

    def forget(self, calls: set[ImplicitCall]) -> None:
        """Calls that turned out to be none."""
        self._found -= calls

    def rule(self, call: ImplicitCall) -> str:
        """What leads to a call that a framework makes; empty for one that the syntax implies."""
        return self._rules.get(call, "")

    def function_between(self, call: ImplicitCall) -> str | None:
        """The library's function that makes the call."""
        return self._functions_between.get(call)
