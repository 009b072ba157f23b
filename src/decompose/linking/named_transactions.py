"""Transactions that only a name tells: ``with db_transaction():``, where nothing is known of what the call gives."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from decompose.facts import Op
from decompose.facts.records import Ref
from decompose.linking.transaction_scopes import TransactionScope

if TYPE_CHECKING:
    from decompose.linking.engine import Engine
    from decompose.linking.frames import Frame
    from decompose.linking.program import Scope
    from decompose.linking.values import Value

NAMED = "named"
"""The scope of such a transaction."""

_WORDS = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z]+")
_SAYING = frozenset({"transaction", "atomic"})
_AROUND = frozenset({"block", "context", "manager", "scope"})
_MAX_STEPS = 6


def named_transactions(engine: Engine, known: Iterable[TransactionScope]) -> Iterator[TransactionScope]:
    """The ``with`` statements that enter the result of a call named like a transaction, where nothing else is known of it.

    What a library gives is none: it would be among those that are known, or be no transaction of the database
    (``tracer.start_transaction()``).
    """
    told = {(found.scope, found.first) for found in known if found.extent == "block"}
    for frame in engine.frames:
        scope = frame.scope
        blocks = scope.module.facts.blocks
        if scope.library or not scope.is_function or not blocks:
            continue
        for operation in scope.facts.ops:
            if operation[0] == Op.ENTER and _is_named_only(engine, frame, operation[2]):
                block = next((block for block in blocks if block[0] == operation[-1]), None)
                if block is not None and (scope.index, block[1]) not in told:
                    yield TransactionScope(scope.index, frame.receiver, NAMED, block[0], "block", block[1], block[2])


def _is_named_only(engine: Engine, frame: Frame, entered: Ref) -> bool:
    called, name = _called(frame.scope, entered)
    if not says_transaction(name) or engine.values_of(engine.node_of(frame, entered)):
        return False
    return not any(_is_outside(engine, value) for value in engine.values_of(engine.node_of(frame, called)))


def _is_outside(engine: Engine, value: Value) -> bool:
    """Whether a value is a function, method or class of a library."""
    description = engine.values[value]
    if description[0] == "B":
        description = engine.values[description[1]]
    return description[0] == "X" or (description[0] in ("F", "C") and engine.program.scopes[description[1]].library)


def says_transaction(name: str) -> bool:
    """Whether a name is that of a transaction: ``db_transaction``, ``transactionScope``, not ``transaction_log``."""
    words = [word.lower() for word in _WORDS.findall(name)]
    while words and words[-1] in _AROUND:
        words.pop()
    return bool(words) and words[-1] in _SAYING


def _called(scope: Scope, ref: Ref) -> tuple[Ref, str]:
    """What is called for a value, and its last name; no name where the value is not what a call gives."""
    called: Ref = -1
    for _ in range(_MAX_STEPS):
        producers = scope.operations_producing(ref) if type(ref) is int and ref >= 0 else ()
        if len(producers) != 1:
            break
        operation = producers[0]
        match operation[0]:
            case Op.CALL if called == -1:
                called = ref = operation[2]
            case Op.COPY:
                ref = operation[2]
            case Op.ATTRIBUTE if called != -1:
                return called, str(operation[3])
            case Op.FREE if called != -1:
                return called, str(operation[2])
            case Op.FROM if called != -1:
                return called, str(operation[4])
            case _:
                break
    return called, ""
