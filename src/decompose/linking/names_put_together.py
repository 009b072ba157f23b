"""Names that code puts together of constants and of what is not known: ``f"{__name__}.{plugin}"``, ``self.package + name``.

What an object keeps in an attribute is among the constants where its class, or those who make objects of it, say so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import product
from typing import TYPE_CHECKING, Any

from decompose.facts import HOLE, Op
from decompose.facts.records import Ref
from decompose.linking.program import Scope

if TYPE_CHECKING:
    from decompose.linking.names import Names

_MAX_STEPS = 12
_MAX_TEXTS = 16
_MAX_PARTS = 6
"""A text of more parts is no name."""

_UNKNOWN = [HOLE]


class NamesPutTogether:
    """The texts that an expression may be, with a hole for what is not known."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self._kept: dict[tuple[int, str], list[str]] = {}

    def texts(self, scope: Scope, ref: Ref) -> list[str]:
        """Those that say more than that something is not known."""
        return [text for text in self._texts(scope, ref, _MAX_STEPS) if text.strip(f"{HOLE}.:")]

    def _texts(self, scope: Scope, ref: Ref, steps: int) -> list[str]:
        if isinstance(ref, str):
            return self._filled(ref, scope, scope.facts.templates.get(ref, []), steps) if HOLE in ref else [ref]
        if type(ref) is not int or ref < 0 or not steps:
            return _UNKNOWN
        found: list[str] = []
        for operation in scope.operations_producing(ref):
            found += self._made(scope, ref, operation, steps - 1)
        return list(dict.fromkeys(found))[:_MAX_TEXTS] or _UNKNOWN

    def _made(self, scope: Scope, ref: int, operation: list[Any], steps: int) -> list[str]:
        match operation:
            case [Op.COPY | Op.NARROW, _, source, *_]:
                return self._texts(scope, source, steps)
            case [Op.BINARY, _, left, right, "add" | "iadd", _]:
                return _joined([self._texts(scope, left, steps), self._texts(scope, right, steps)])
            case [Op.FREE, _, "__name__" | "__package__" as name, _]:
                module = scope.module
                whole = module.is_package or name == "__name__"
                return [module.name if whole else module.name.rpartition(".")[0]]
            case [Op.ATTRIBUTE, _, _, name, _]:
                kept = self.kept(scope, ref)
                if kept:
                    return kept
                described = [self.names.values[value] for value in self.names.evaluate(scope, operation[2])]
                if name == "__name__" and len(described) == 1 and described[0][0] == "M":
                    return [self.names.program.modules[described[0][1]].name]
        constant = self.names.constants.constant(scope, ref)
        return [constant] if isinstance(constant, str) else _UNKNOWN

    def _filled(self, text: str, scope: Scope, spliced: list[Ref], steps: int) -> list[str]:
        pieces = text.split(HOLE)
        if len(spliced) != len(pieces) - 1 or len(pieces) > _MAX_PARTS:
            return [text]
        parts = [[pieces[0]]]
        for ref, piece in zip(spliced, pieces[1:], strict=True):
            parts += [self._texts(scope, ref, steps - 1 if steps else 0), [piece]]
        return _joined(parts)

    def kept(self, scope: Scope, ref: Ref) -> list[str]:
        """The texts that ``self.name`` is given by the class around, those below it, or whoever makes an object of it."""
        own = scope.facts.parameters[:1]
        if not scope.is_method or scope.parent is None or not own:
            return []
        read = [name for base, name in scope.attributes_read(ref) if base == own[0][1]]
        return [text for name in read for text in self._kept_by(scope.parent, name)]

    def _kept_by(self, cls: Scope, name: str) -> list[str]:
        key = (cls.index, name)
        known = self._kept.get(key)
        if known is None:
            self._kept[key] = []
            texts = (*self._declared(cls, name), *self._given(cls, name))
            known = self._kept[key] = list(dict.fromkeys(text for text in texts if text))[:_MAX_TEXTS]
        return known

    def _declared(self, cls: Scope, name: str) -> Iterator[str]:
        """What the class, or one directly below it, binds in its body."""
        below = (other for other in self.names.program.classes() if self._has_base(other, cls))
        for holder in (cls, *below):
            text = self.names.constants.constant(holder, holder.facts.names.get(name, -1))
            if isinstance(text, str):
                yield text

    def _has_base(self, cls: Scope, base: Scope) -> bool:
        if cls.library or not cls.facts.bases or not _binds(cls, base):
            return False
        return any(self.names.values[value][:2] == ("C", base.index) for value in self.names.inheritance.bases(cls))

    def _given(self, cls: Scope, name: str) -> Iterator[str]:
        """What is given for a parameter that the initialiser keeps under a name, a generated one too."""
        initialiser = next((s for s in cls.module.scopes if s.parent is cls and s.facts.name == "__init__"), None)
        if initialiser is None:
            fields = list(cls.facts.annotations)
            position = fields.index(name) if name in fields else -1
            kept = [(position, name)] if position >= 0 else []
        else:
            kept = list(_kept_parameters(initialiser, name))
        for position, parameter in kept:
            for scope, call in self._calls(cls):
                by_name = (ref for keyword, ref in call[4] if keyword == parameter)
                ref = next(by_name, call[3][position] if position < len(call[3]) else -1)
                text = self.names.constants.constant(scope, ref)
                if isinstance(text, str):
                    yield text

    def _calls(self, cls: Scope) -> Iterator[tuple[Scope, list[Any]]]:
        """The calls of a class where a module names it."""
        for module in self.names.program.modules:
            if not module.library and cls.facts.name in module.top.facts.names:
                for scope in module.scopes:
                    yield from (
                        (scope, o) for o in scope.facts.ops if o[0] == Op.CALL and self._makes(scope, o[2], cls)
                    )

    def _makes(self, scope: Scope, callee: Ref, cls: Scope) -> bool:
        for operation in scope.operations_producing(callee):
            if operation[0] == Op.ITEM:  # ``Loader[Kind](...)``
                return self._makes(scope, operation[2], cls)
            if cls.facts.name in operation or operation[0] in (Op.COPY, Op.CLASS):
                values = self.names.evaluate(scope, callee)
                return any(self.names.values[value][:2] == ("C", cls.index) for value in values)
        return False


def _joined(parts: Iterable[list[str]]) -> list[str]:
    texts: list[str] = [""]
    for part in parts:
        texts = ["".join(both) for both in product(texts, part)][:_MAX_TEXTS]
    return texts


def _binds(cls: Scope, base: Scope) -> bool:
    return cls.module is base.module or base.facts.name in cls.module.top.facts.names


def _kept_parameters(initialiser: Scope, name: str) -> Iterator[tuple[int, str]]:
    """The parameters that an initialiser sets an attribute to, by position and name."""
    parameters = initialiser.facts.parameters
    for operation in initialiser.facts.ops:
        if (
            operation[0] == Op.SET_ATTRIBUTE
            and operation[2] == name
            and parameters
            and operation[1] == parameters[0][1]
        ):
            yield from ((i, p[0]) for i, p in enumerate(parameters[1:]) if p[1] == operation[3])
