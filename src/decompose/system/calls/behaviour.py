"""What functions return, and which objects of their callers they change: facts that decide how a call can cross a network."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from decompose.facts import Op
from decompose.facts.records import ParameterKind
from decompose.linking import Linked
from decompose.linking.frames import Frame
from decompose.linking.program import Scope

MANY_TYPES = 3
"""A function that may return more kinds of things than this is not told by their names."""

_CHANGING = frozenset({
    "append", "extend", "insert", "add", "update", "setdefault", "pop", "popitem", "remove", "discard", "clear",
})  # fmt: skip
_MAKING = frozenset({"__init__", "__new__", "__post_init__", "__setstate__", "__init_subclass__", "__set_name__"})


def returned_types(linked: Linked, functions: Sequence[Scope]) -> dict[str, str]:
    """Function -> the type of its result: as it declares it, else as its body shows; nothing where neither tells."""
    frames: dict[int, Frame] = {}
    for frame in linked.engine.frames:
        if frame.general is None and frame.scope.is_function:
            frames.setdefault(frame.scope.index, frame)
    found: dict[str, str] = {}
    for function in functions:
        facts = function.facts
        if facts.return_annotation is not None:
            found[function.definition] = written(facts.return_annotation)
            continue
        if function.index not in frames:
            continue
        if facts.yields:
            found[function.definition] = "Iterator"
            continue
        kinds: set[str] = set()
        known = True
        for ref in facts.returns:
            told = list(_kinds(linked, linked.engine.node_of(frames[function.index], ref), ref))
            known = known and bool(told)
            kinds.update(told)
        if not facts.returns:
            kinds.add("None")
        if known and len(kinds) <= MANY_TYPES:
            found[function.definition] = " | ".join(sorted(kinds, key=lambda kind: (kind == "None", kind)))
    return found


def _kinds(linked: Linked, node: int, ref: Any) -> Iterator[str]:
    """The names of the types that a returned value may have."""
    if isinstance(ref, str):
        yield "str"
    elif isinstance(ref, list) and ref[0] == "c":
        yield "None" if ref[1] is None else type(ref[1]).__name__
    for value in sorted(linked.engine.values_of(node)) if node >= 0 else ():
        name = _named(linked, value)
        if name:
            yield name


def _named(linked: Linked, value: int, depth: int = 2) -> str:
    """The name of a type, with what it is made of: ``QuerySet[Order]``."""
    description = linked.values[value]
    match description[0]:
        case "I":
            cls = linked.program.scopes[description[1]]
            made_of = description[2] if depth else ()
            inner = [" | ".join(filter(None, (_named(linked, v, depth - 1) for v in a))) for a in made_of]
            told = linked.hierarchy.member(cls, "__told_as__") if cls.library else None
            name = str(told.ref) if told is not None else cls.facts.name.lstrip("_")
            return f"{name}[{', '.join(inner)}]" if inner and all(inner) else name
        case "C":
            return f"type[{linked.program.scopes[description[1]].facts.name}]"
        case "O":
            return str(description[1]) if description[1] in ("list", "tuple", "set", "dict") else ""
    return ""


def changed_objects(linked: Linked, functions: Sequence[Scope]) -> dict[str, str]:
    """Function -> ``file:line`` where it changes an object that its caller gave it, or the object that it is a method of.

    That may be in a method that it asks of such an object. What only remembers a result, such as ``self._total = ...``, is no
    change that a caller would miss.
    """
    given = {function.index: _given(function) for function in functions}
    found: dict[str, str] = {}
    own: set[str] = set()
    for function in functions:
        receiver = _receiver(function)
        for operation in function.facts.ops if given[function.index] else ():
            line, root = _changes(function, operation, given[function.index], receiver)
            if line:
                found.setdefault(function.definition, f"{function.module.file}:{line}")
                if root == receiver:
                    own.add(function.definition)
    asked = sorted(_asked(linked, given))
    growing = True
    while growing:
        growing = False
        for asker, method, of_itself in asked:
            if method in own and (asker not in found or (of_itself and asker not in own)):
                growing = True
                found.setdefault(asker, found[method])
                if of_itself:
                    own.add(asker)
    return found


def _asked(linked: Linked, given: Mapping[int, frozenset[int]]) -> set[tuple[str, str, bool]]:
    """(function, method that it asks of something that it was given, whether that is its own object)."""
    found: set[tuple[str, str, bool]] = set()
    for site in linked.engine.sites:
        function = site.frame.scope
        roots = given.get(function.index)
        if not roots or not site.targets or site.operation[0] != Op.CALL or type(site.operation[2]) is not int:
            continue
        for producer in function.operations_producing(site.operation[2]):
            root = _root(function, producer[2], roots) if producer[0] == Op.ATTRIBUTE else -1
            if root >= 0:
                methods = (linked.program.scopes[index] for index, _, kind in site.targets if kind == "call")
                found.update(
                    (function.definition, method.definition, root == _receiver(function))
                    for method in methods
                    if not method.library
                )
    return found


def _given(function: Scope) -> frozenset[int]:
    """The parameters through which a caller hands over objects of its own."""
    if function.facts.name in _MAKING:
        return frozenset()
    kinds = (ParameterKind.POSITIONAL, ParameterKind.KEYWORD)
    return frozenset(parameter[1] for parameter in function.facts.parameters if parameter[4] in kinds)


def _receiver(function: Scope) -> int:
    """The parameter that is ``self``; -1 if there is none."""
    facts = function.facts
    of_instance = function.is_method and facts.parameters and facts.flavour not in ("static", "class")
    return int(facts.parameters[0][1]) if of_instance else -1


def _changes(function: Scope, operation: list[Any], given: frozenset[int], own: int) -> tuple[int, int]:
    """The line at which an operation changes something that was given, and which parameter; 0 if it does not."""
    match operation[0]:
        case Op.SET_ATTRIBUTE | Op.SET_ITEM:
            root = _root(function, operation[1], given)
            source = operation[3]
            if root >= 0 and (
                root != own or (type(source) is int and source in given) or _is_augmented(function, source)
            ):
                return int(operation[-1]), root
        case Op.CALL:
            for producer in function.operations_producing(operation[2]):
                if producer[0] == Op.ATTRIBUTE and producer[3] in _CHANGING and producer[2] not in given:
                    root = _root(function, producer[2], given)
                    if root >= 0:
                        return int(operation[-1]), root
    return 0, -1


def _root(function: Scope, node: Any, given: frozenset[int], depth: int = 6) -> int:
    """The parameter that a node is an attribute or item of, however deep; -1 if it is none."""
    while type(node) is int and depth:
        if node in given:
            return node
        producers = function.operations_producing(node)
        if len(producers) != 1 or producers[0][0] not in (Op.ATTRIBUTE, Op.ITEM, Op.COPY):
            return -1
        node, depth = producers[0][2], depth - 1
    return -1


def _is_augmented(function: Scope, source: Any) -> bool:
    """Whether a value is what was there before, changed: ``+=`` and the like."""
    producers = function.operations_producing(source)
    return any(p[0] == Op.BINARY and p[4].startswith("i") and p[4] != "invert" for p in producers)


def written(tree: list[Any]) -> str:
    """An annotation as the code writes it."""
    match tree[0]:
        case "n":
            return str(tree[1])
        case "a":
            return f"{written(tree[1])}.{tree[2]}"
        case "s":
            return f"{written(tree[1])}[{', '.join(written(part) for part in tree[2])}]"
        case "u":
            return " | ".join(written(part) for part in tree[1])
        case "l":
            return f"[{', '.join(written(part) for part in tree[1])}]"
    return repr(tree[1])
