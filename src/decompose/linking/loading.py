"""Modules, classes and functions that code loads by their name, given as strings.

A loader is a library function that a summary marks with ``@loads``, or a function of the application that reaches one
inside its own module. What it is given must name something that the program defines, or the call stays unknown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from decompose.facts import HOLE, Op, ScopeKind
from decompose.facts.records import Ref
from decompose.linking.names_put_together import NamesPutTogether
from decompose.linking.program import Module, Program, Scope

if TYPE_CHECKING:
    from decompose.linking.names import Names
    from decompose.linking.references import References

EFFECT = "loads"
_ROUNDS = 4
MAX_MATCHING = 40
"""A name put together that fits more modules than this tells nothing."""


class Loaded(NamedTuple):
    """What a call loads: for each name the modules that bind it (an empty name is the module itself)."""

    found: list[list[tuple[Module, str]]]
    several: bool


class Loading:
    """Finds what loader calls name."""

    def __init__(self, program: Program, names: Names, references: References) -> None:
        self.program = program
        self.names = names
        self.references = references
        self._defining: dict[str, list[Module]] = {}
        for scope in program.scopes:
            parent = scope.parent
            if not scope.library and parent is not None and parent.facts.kind == ScopeKind.MODULE:
                modules = self._defining.setdefault(scope.facts.name, [])
                if scope.module not in modules:
                    modules.append(scope.module)
        self._by_last: dict[str, list[Module]] | None = None
        """Modules by the last part of their names."""
        self.put_together = NamesPutTogether(names)
        self.loaders: set[int] = set()
        self._names: set[str] = set()
        """Of all loaders."""
        self._given: dict[int, list[str]] = {}
        """Call, by its identity -> the texts that it is given by a constant's name, a setting's, or from a list of such."""
        self._looping: dict[str, list[tuple[Scope, list[Any], str]]] = {}
        """Name of a function, or of the class that it makes objects of -> the calls in it that load each element of what a parameter is given."""
        self._patterns: dict[int, list[tuple[str, Ref]]] = {}
        """Function -> the names that it loads, with a hole for what it is given, and the package that they are relative to."""
        self._settings: dict[int, list[Module | None]] = {}
        """Function -> the modules in which it looks up by the name that it is given what to load; None: Django's settings."""

    def find_loaders(self, marked: set[int]) -> None:
        """Take the library functions ``marked``, and the functions of the application around them."""
        self.loaders |= marked
        homes = {self.program.scopes[index].module.name.partition(".")[0] for index in marked}
        for module in self.program.modules:
            if module.library or homes.isdisjoint(module.facts.packages):
                continue
            called = {s.index: self._called(s) for s in module.scopes if s.is_function and s.index not in self.loaders}
            for _ in range(_ROUNDS):
                found = {index for index, functions in called.items() if not self.loaders.isdisjoint(functions)}
                found -= self.loaders
                if not found:
                    break
                self.loaders |= found
        for index in sorted(self.loaders - marked):
            self._find_given(self.program.scopes[index])
            self._find_patterns(self.program.scopes[index])
            self._find_settings(self.program.scopes[index])
        for module in self.program.modules:
            if not module.library and not homes.isdisjoint(module.facts.packages):
                self._find_given(module.top)
        if self._looping:
            self._find_lists()
        self._names = {self.program.scopes[index].facts.name for index in self.loaders}

    def _find_given(self, scope: Scope) -> None:
        for operation in scope.facts.ops:
            first = operation[3][0] if operation[0] == Op.CALL and operation[3] else None
            if not (type(first) is int or (isinstance(first, str) and HOLE in first)):
                continue
            if not self.is_loader(scope, operation[2]):
                continue
            texts = self._texts_given(scope, operation, first)
            if texts:
                self._given[id(operation)] = texts[:MAX_MATCHING]
            elif scope.is_function and (parameter := self._looped_over(scope, first)):
                maker = scope.parent if scope.is_method and scope.facts.name == "__init__" else None
                self._looping.setdefault((maker or scope).facts.name, []).append((scope, operation, parameter))

    def _texts_given(self, scope: Scope, operation: list[Any], first: Ref) -> list[str]:
        """What a loader is called with: a text, those of a list that is gone over, or what is put together of texts."""
        text = self._text_behind(scope, first) if type(first) is int else None
        if text:
            return [text]
        return self.names.constants.listed(scope, first) or self._put_together_given(scope, operation, first)

    def _put_together_given(self, scope: Scope, operation: list[Any], first: Ref) -> list[str]:
        """Names with holes that fit modules of the program; of one that is not known at all its package may be."""
        texts = self.put_together.texts(scope, first)
        if not texts:
            packages = self.put_together.texts(scope, self._package(scope, operation))
            texts = [f"{package}.{HOLE}" for package in packages if package in self.program.by_name]
        return [text for text in texts if any(True for _ in self.named(self._absolute(text, -1, scope), scope))]

    def _package(self, scope: Scope, operation: list[Any]) -> Ref:
        """What a library's loader is given as the package of a relative name."""
        for value in self.names.evaluate(scope, operation[2]):
            description = self.names.values[value]
            function = self.program.scopes[description[1]] if description[0] == "F" else scope
            if function.library and "package" in [parameter[0] for parameter in function.facts.parameters]:
                return next((ref for name, ref in operation[4] if name == "package"), (*operation[3], -1, -1)[1])
        return -1

    def take_constant(self, scope: Scope, operation: list[Any]) -> bool:
        """Whether a loader is called with the name of a text first; a decorator is not."""
        if operation[0] != Op.CALL or not operation[3] or type(operation[3][0]) is not int:
            return False
        text = self._text_behind(scope, operation[3][0])
        if text:
            self._given[id(operation)] = [text]
        return bool(text)

    def _looped_over(self, function: Scope, ref: Ref) -> str:
        """The parameter over whose elements a name goes: ``path`` in ``for path in paths``; empty if it is none."""
        for _ in range(_ROUNDS):
            producers = function.operations_producing(ref)
            if len(producers) != 1 or producers[0][0] not in (Op.COPY, Op.ITERATE):
                return ""
            ref = producers[0][2]
            if producers[0][0] == Op.ITERATE:
                return next((p[0] for p in function.facts.parameters if p[1] == ref), "")
        return ""

    def _find_lists(self) -> None:
        """The constant lists that functions are given which load each of their elements."""
        for module in self.program.modules:
            for scope in module.scopes if not module.library else ():
                for call in scope.facts.ops:
                    if call[0] == Op.CALL and (call[3] or call[4]):
                        for function, operation, parameter in self._looping.get(_last_name(scope, call[2]), ()):
                            self._take_list(scope, call, function, operation, parameter)

    def _take_list(self, scope: Scope, call: list[Any], function: Scope, operation: list[Any], parameter: str) -> None:
        described = [self.names.values[value] for value in self.names.evaluate(scope, call[2])]
        makes = function.parent.index if function.is_method and function.parent is not None else -1
        if (("C", makes) if makes >= 0 else ("F", function.index)) not in [d[:2] for d in described]:
            return
        position = [p[0] for p in function.facts.parameters].index(parameter) - (makes >= 0)
        by_name = (ref for name, ref in call[4] if name == parameter)
        ref = next(by_name, call[3][position] if position < len(call[3]) else -1)
        data = self.names.constants.plain_data(scope, ref)
        texts = [text for text in data if isinstance(text, str)] if isinstance(data, list | tuple | dict) else []
        if texts:
            known = self._given.get(id(operation), [])
            self._given[id(operation)] = list(dict.fromkeys((*known, *texts)))[:MAX_MATCHING]

    def _text_behind(self, scope: Scope, ref: Ref) -> str | None:
        """The text of a constant, of ``settings.NAME``, or of ``getattr(settings, "NAME", "usual.one")``."""
        constant = self.names.constants.constant(scope, ref)
        if isinstance(constant, str):
            return constant
        for operation in scope.operations_producing(ref):
            if operation[0] == Op.COPY:
                return self._text_behind(scope, operation[2])
            if operation[0] == Op.ATTRIBUTE and self._is_settings(scope, operation[2]):
                return self.references.settings().get(operation[3])
            if operation[0] == Op.CALL and len(operation[3]) > 1 and self._is_settings(scope, operation[3][0]):
                name, usual = operation[3][1], operation[3][2] if len(operation[3]) > 2 else None
                known = self.references.settings().get(name) if isinstance(name, str) else None
                return known or (usual if isinstance(usual, str) else None)
        return None

    def _is_settings(self, scope: Scope, ref: Ref) -> bool:
        described = (self.names.values[value] for value in self.names.evaluate(scope, ref))
        return any(d[0] == "X" and d[1] == "django.conf" and d[2] == "settings" for d in described)

    def _called(self, scope: Scope) -> set[int]:
        """The functions that a function calls, up to the first loader."""
        called: set[int] = set()
        for operation in scope.facts.ops:
            if operation[0] == Op.CALL:
                called.update(self._functions(scope, operation[2]))
                if not called.isdisjoint(self.loaders):
                    break
        return called

    def asked(self, function: Scope) -> Iterator[Ref]:
        """What stands for the name in each call of a loader, where it is no constant."""
        for operation in function.facts.ops:
            if operation[0] != Op.CALL or not operation[3] or type(operation[3][0]) is not int:
                continue
            if _last_name(function, operation[2]) in self._names and self.is_loader(function, operation[2]):
                yield operation[3][0]

    def is_loader(self, scope: Scope, callee: Ref) -> bool:
        """Whether calling ``callee`` loads something by name."""
        return not self.loaders.isdisjoint(self._functions(scope, callee))

    def _functions(self, scope: Scope, callee: Ref) -> list[int]:
        """The functions that calling ``callee`` calls, by their numbers."""
        found: list[int] = []
        for value in self.names.evaluate(scope, callee):
            description = self.names.values[value]
            if description[0] == "B":
                description = self.names.values[description[1]]
            if description[0] == "F":
                found.append(description[1])
        return found

    def may_load(self, operation: list[Any]) -> bool:
        """Whether the first thing that a call is given is a text."""
        if operation[3]:
            return type(operation[3][0]) is str or id(operation) in self._given
        for name, ref in operation[4]:
            if name is not None:
                return type(ref) is str or id(operation) in self._given
        return id(operation) in self._given

    def loaded(self, scope: Scope, operation: list[Any], text: str = "") -> Loaded | None:
        """What the call ``operation`` loads; None when it is no such call, or names nothing of the program.

        ``text``: what its first argument is known to be, where that is not the same for all that come here.
        """
        if not (text or self.may_load(operation)) or not self.is_loader(scope, operation[2]):
            return None
        given = [*operation[3], *(ref for name, ref in operation[4] if name is not None)]
        package = next((ref for name, ref in operation[4] if name == "package"), given[1] if len(given) > 1 else None)
        texts = [text] if text else self._given.get(id(operation))
        if texts is not None and len(texts) > 1:
            whole = [self._absolute(text, package, scope) for text in texts]
            every = [target for text in whole for target in self.named(text, scope)]
            return Loaded([every], several=False) if every else None
        given[0] = texts[0] if texts else given[0]
        put_in = self._put_in(scope, operation, given[0])
        if put_in is not None:
            return Loaded([put_in], several=False)
        if given[0].startswith("."):
            near = list(self.named(self._absolute(given[0], package, scope), scope))
            return Loaded([near], several=False) if near else None
        second = self._texts(scope, given[1]) if len(given) > 1 else None
        if isinstance(second, list):
            found = [list(self.named(f"{given[0]}.{name}", scope)) for name in second]
            return Loaded(found, several=True) if any(found) else None
        if isinstance(second, str):
            both = list(self.named(f"{given[0]}.{second}", scope))
            if both:
                return Loaded([both], several=False)
        alone = list(self.named(given[0], scope))
        return Loaded([alone], several=False) if alone else None

    def _absolute(self, text: str, package: Ref, scope: Scope) -> str:
        """A name that begins with a dot is relative to a package, which may be given; else it is the one of the module."""
        if not text.startswith("."):
            return text
        near = scope.module.name if scope.module.is_package else scope.module.name.rpartition(".")[0]
        return f"{package if isinstance(package, str) else near}{text}"

    def _put_in(self, scope: Scope, operation: list[Any], text: str) -> list[tuple[Module, str]] | None:
        """What a function of the application loads that puts what it is given into a name: ``load("mail")``."""
        found: list[tuple[Module, str]] = []
        for value in self.names.evaluate(scope, operation[2]):
            description = self.names.values[value]
            function = self.program.scopes[description[1]] if description[0] == "F" else scope
            for pattern, package in self._patterns.get(function.index, ()):
                name = self._absolute(pattern.replace(HOLE, text), package, function)
                found += self.named(name, function)
            for module in self._settings.get(function.index, ()):
                setting = self._setting(module, text)
                found += self.named(setting, function) if setting else ()
        return found or None

    def _setting(self, module: Module | None, name: str) -> str | None:
        if module is None:
            return self.references.settings().get(name)
        ref = module.top.facts.names.get(name)
        known = self.names.constants.constant(module.top, ref) if ref is not None else None
        return known if isinstance(known, str) else None

    def puts_in(self, function: Scope) -> bool:
        """Whether a function gives what it loads by a name that it puts together of what it is given."""
        return function.index in self._patterns or function.index in self._settings

    def _find_patterns(self, function: Scope) -> None:
        """The names that a function puts together of its first parameter, for a loader whose result it gives."""
        parameters = [p[1] for p in function.facts.parameters[function.is_method :]][:1]
        for operation in function.facts.ops:
            text = operation[3][0] if operation[0] == Op.CALL and operation[3] else None
            if not isinstance(text, str) or text.count(HOLE) != 1 or not self.is_loader(function, operation[2]):
                continue
            if function.facts.templates.get(text) == parameters and function.facts.returns == [operation[1]]:
                package = next((ref for name, ref in operation[4] if name == "package"), None)
                self._patterns.setdefault(function.index, []).append((text, package))

    def _find_settings(self, function: Scope) -> None:
        """Where a loader reads ``getattr(settings, name)`` with the name that it is given first."""
        parameters = [p[1] for p in function.facts.parameters[function.is_method :]][:1]
        for operation in function.facts.ops:
            if operation[0] != Op.CALL or len(operation[3]) < 2 or operation[3][1] not in parameters:
                continue
            if not any(o[0] == Op.FREE and o[2] == "getattr" for o in function.operations_producing(operation[2])):
                continue
            if self._is_settings(function, operation[3][0]):
                self._settings.setdefault(function.index, []).append(None)
            for value in self.names.evaluate(function, operation[3][0]):
                described = self.names.values[value]
                module = self.program.modules[described[1]] if described[0] == "M" else None
                if module is not None and not module.library:
                    self._settings.setdefault(function.index, []).append(module)

    def _texts(self, scope: Scope, ref: Ref) -> str | list[str] | None:
        if isinstance(ref, str):
            return ref
        if isinstance(ref, list) and isinstance(ref[1], list | tuple) and all(isinstance(e, str) for e in ref[1]):
            return list(ref[1])
        for operation in scope.operations_producing(ref):
            if operation[0] == Op.CONTAINER and operation[3] and all(isinstance(e, str) for e in operation[3]):
                return list(operation[3])
        return None

    def _matching(self, text: str) -> Iterator[tuple[Module, str]]:
        """The modules whose names fit one that is put together: ``plugins.`` and something; behind it a name that they bind."""
        known = text.partition(HOLE)[0]
        if "." not in known and known not in self.program.by_name:
            return
        parts = text.split(HOLE)
        holes = [r"\w+" if part.endswith(".") else r"\.?\w+" for part in parts[:-1]]
        pattern = "".join(re.escape(part) + hole for part, hole in zip(parts, [*holes, ""], strict=True))
        label, _, name = pattern.rpartition(r"\.") if parts[-1].startswith(".") else ("", "", "")
        found: list[tuple[Module, str]] = []
        for module_name, module in sorted(self.program.by_name.items()):
            if module.library or not module_name.startswith(known.rstrip(".")):
                continue
            if re.fullmatch(pattern, module_name):
                found.append((module, ""))
            elif name and name in module.top.facts.names and re.fullmatch(label, module_name):
                found.append((module, name))
        if len(found) <= MAX_MATCHING:
            yield from found

    def _binding(self, label: str, name: str) -> list[Module]:
        """The modules of such a name that bind another one: to what a call makes, as no class or function is called so."""
        if "." not in label or not name:
            return []
        if self._by_last is None:
            self._by_last = {}
            for module in self.program.modules:
                if not module.library:
                    self._by_last.setdefault(module.name.rpartition(".")[2], []).append(module)
        near = self._by_last.get(label.rpartition(".")[2], ())
        return [m for m in near if name in m.top.facts.names and f".{m.name}".endswith(f".{label}")]

    def named(self, text: str, scope: Scope) -> Iterator[tuple[Module, str]]:
        """What a name written in ``scope`` stands for: modules, each with a name in it (an empty one: the module itself)."""
        text = text.replace(":", ".")
        if HOLE in text:
            yield from self._matching(text)
            return
        module = self.program.by_name.get(text)
        if module is not None and not module.library:
            yield module, ""
            return
        label, _, name = text.rpartition(".")
        modules = self._defining.get(name, []) if label else []
        exact = [m for m in modules if m.name == label] or [m for m in modules if m.name.endswith(f".{label}")]
        exact = exact or self._binding(label, name)
        if exact:
            yield from ((m, name) for m in exact)
        elif label and "." not in label and (modules or name.islower()):
            # A short label, as Django names its applications; the name of a model may be in lower case.
            for cls in self.references.find(text, scope):
                short = label.lower()
                if short in cls.module.name.lower().split(".") or self.references.has_label(cls, short):
                    yield cls.module, cls.facts.name


def _last_name(scope: Scope, ref: Ref) -> str:
    """The name by which something is called, without what stands before the last dot."""
    for operation in scope.operations_producing(ref):
        if operation[0] in (Op.FREE, Op.ATTRIBUTE, Op.FROM):
            return str(operation[{Op.FREE: 2, Op.ATTRIBUTE: 3, Op.FROM: 4}[operation[0]]])
        if operation[0] in (Op.FUNCTION, Op.CLASS):
            return str(scope.module.scopes[operation[2]].facts.name)
    return ""
