"""The program to link: modules, scopes and classes of the application and of the library summaries, by number."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

import msgspec

from decompose.facts import FileFacts, Op, ScopeFacts, ScopeKind
from decompose.linking.public_names import public_names
from decompose.linking.rendered import NO_PAGES, Rendered
from decompose.linking.statement_files import NO_FILES

_MAX_DECORATORS = 12
_WITHOUT_RESULT = frozenset({Op.SET_ATTRIBUTE, Op.SET_ITEM, Op.IMPORT_STAR, Op.SET_FREE, Op.RAISE})

_MAX_COPIES = 8
"""Copies of copies are followed so far: they may go round in a circle."""


class Scope:
    """A module, class or function body with its place in the program."""

    __slots__ = (
        "_parameters",
        "_wrapped",
        "definition",
        "facts",
        "index",
        "is_function",
        "is_method",
        "library",
        "module",
        "parent",
        "producers",
    )

    def __init__(self, index: int, module: Module, facts: ScopeFacts, parent: Scope | None) -> None:
        self.index = index
        self.module = module
        self.facts = facts
        self.parent = parent
        self.library = module.library
        self.definition = f"{module.name}:{facts.qualname}"
        self.producers: list[list[Any] | None] | None = None
        """Of each node the operation whose result it is, or a list of several; most have one, which needs no list."""
        self._parameters: dict[int, str] | None = None
        self._wrapped: frozenset[int] | None = None
        self.is_function = facts.kind >= ScopeKind.FUNCTION
        """Whether this is the body of a function or lambda."""
        self.is_method = (
            facts.kind == ScopeKind.FUNCTION and parent is not None and parent.facts.kind == ScopeKind.CLASS
        )
        """Whether this is a function defined directly in a class body."""

    def __repr__(self) -> str:
        return self.definition

    def change(self, **changes: Any) -> None:
        """Give the scope other facts before linking; those of the file are shared with whoever linked it before."""
        at = self.module.scopes.index(self)
        scopes = list(self.module.facts.scopes)
        scopes[at] = self.facts = msgspec.structs.replace(self.facts, **changes)
        self.module.facts = msgspec.structs.replace(self.module.facts, scopes=scopes)
        self.producers = None

    def operations_producing(self, ref: Any) -> list[list[Any]]:
        """The operations whose result ``ref`` is; none, where it is no node: anything may be called, also ``"text"``."""
        producers = self.producers
        if producers is None:
            producers = self.producers = self._find_producers()
        made = producers[ref] if type(ref) is int and 0 <= ref < len(producers) else None
        if made is None:
            return []
        return [made] if type(made[0]) is int else made

    def _find_producers(self) -> list[list[Any] | None]:
        producers: list[list[Any] | None] = [None] * self.facts.nodes
        for operation in self.facts.ops:
            if operation[0] in _WITHOUT_RESULT or operation[1] < 0:
                continue
            made = producers[operation[1]]
            if made is None:
                producers[operation[1]] = operation
            elif type(made[0]) is int:
                producers[operation[1]] = [made, operation]
            else:
                made.append(operation)
        return producers

    def call_producing(self, ref: Any) -> list[Any] | None:
        """The call whose result ``ref`` is, if there is one."""
        return next((operation for operation in self.operations_producing(ref) if operation[0] == Op.CALL), None)

    def copied_from(self, ref: Any) -> Any:
        """What ``ref`` is only a copy of, as inside of loops; itself, where it is none."""
        for _ in range(_MAX_COPIES):
            made = self.operations_producing(ref)
            if len(made) != 1 or made[0][0] != Op.COPY:
                break
            ref = made[0][2]
        return ref

    def attributes_read(self, ref: Any) -> list[tuple[Any, str]]:
        """The object, and the name, of each attribute that ``ref`` may be: of the callee ``x.save``, ``x`` and ``"save"``."""
        return [(o[2], o[3]) for o in self.operations_producing(ref) if o[0] == Op.ATTRIBUTE]

    def function_below(self, decorated: Any) -> Scope | None:
        """The function that is below all decorators of a ref."""
        for _ in range(_MAX_DECORATORS):
            made = next((o for o in self.operations_producing(decorated) if o[0] in (Op.DECORATE, Op.FUNCTION)), None)
            if made is None:
                return None
            if made[0] == Op.FUNCTION:
                function: Scope = self.module.scopes[made[2]]
                return function
            decorated = made[3]
        return None

    def decorator_calls(self, decorated: Any) -> Iterator[list[Any]]:
        """The calls that make the decorators of what a ref is, the outermost first."""
        for _ in range(_MAX_DECORATORS):
            decorate = next((o for o in self.operations_producing(decorated) if o[0] == Op.DECORATE), None)
            if decorate is None:
                return
            yield from (o for o in self.operations_producing(decorate[2]) if o[0] == Op.CALL)
            decorated = decorate[3]

    def wraps(self) -> bool:
        """Whether this calls what a function around it is given, as the wrapper that a decorator makes does."""
        return bool(self.wrapped())

    def wrapped(self) -> frozenset[int]:
        """The nodes of what a function around this one is given, and this one calls."""
        if self._wrapped is None:
            outer = self.parent
            given = set(outer.parameter_names().values()) if outer is not None and outer.is_function else set()
            if outer is not None and outer.is_method:
                given.discard(next(iter(outer.facts.parameters), [""])[0])
            free = {o[1] for o in self.facts.ops if o[0] == Op.FREE and o[2] in given} if given else set()
            called = (o[2] for o in self.facts.ops if free and o[0] == Op.CALL and type(o[2]) is int)
            self._wrapped = frozenset(free.intersection(called))
        return self._wrapped

    def parameter_names(self) -> dict[int, str]:
        """The node of each parameter -> its name."""
        if self._parameters is None:
            self._parameters = {node: name for name, node, *_ in reversed(self.facts.parameters)}
        return self._parameters


class Module:
    """One file: an application's module, or a library summary (``library`` is true)."""

    __slots__ = (
        "apart",
        "facts",
        "file",
        "index",
        "is_package",
        "library",
        "name",
        "own_submodules",
        "scopes",
        "star_imports",
        "top",
    )

    top: Scope
    """The module's own scope."""

    def __init__(self, index: int, name: str, file: str, facts: FileFacts, *, is_package: bool, library: bool) -> None:
        self.index = index
        self.facts = facts
        self.name = name
        self.file = file
        self.is_package = is_package
        self.library = library
        self.scopes: list[Scope] = []
        self.star_imports: list[Module] = []
        self.apart = ""
        """What stands before the names of modules of its root, where another root has modules of the same names."""
        self.own_submodules: frozenset[str] = frozenset()
        """Names that a package binds only by importing its own submodules: ``from . import tools``."""

    def release(self) -> None:
        """Let go of its scopes, which refer to it."""
        self.scopes.clear()
        self.star_imports.clear()
        del self.top


Given = tuple[int, Scope, int]
"""A node of a class body, and the scope and the ref of it whose values it has."""


class Program:
    """All modules. Application modules win over library summaries of the same name."""

    def __init__(self) -> None:
        self.modules: list[Module] = []
        self.scopes: list[Scope] = []
        self._classes: list[Scope] = []
        self._classes_sorted = 0
        """So many scopes either are among those or are no classes."""
        self.by_name: dict[str, Module] = {}
        self.packages: set[str] = set()
        self.stored_attributes: set[str] = set()
        self.given_to_classes: dict[int, list[Given]] = {}
        """Classes that are made by a call -> what that gives them, beside what the module has under a name."""
        self.copies: dict[Module, str] = {}
        """Modules that are copies of a library -> the name of that."""
        self.copied: dict[int, str] = {}
        """Classes and functions of such copies -> the library's own, by its definition."""
        self.rendered = Rendered()
        self.pages = NO_PAGES
        self.statement_files = NO_FILES
        self._public: dict[int, list[Any] | None] = {}
        self._outside_stars: dict[int, tuple[str, ...]] = {}

    def add(self, name: str, file: str, facts: FileFacts, *, is_package: bool, library: bool = False) -> Module | None:
        """Number a file's scopes; None for a file without any (it could not be parsed)."""
        if not facts.scopes or (library and name in self.by_name):
            return None
        module = self._number(Module(len(self.modules), name, file, facts, is_package=is_package, library=library))
        self.by_name[name] = module
        parts = name.split(".")
        self.packages.update(".".join(parts[:end]) for end in range(1, len(parts)))
        self.stored_attributes.update(facts.attributes)
        for scope in facts.scopes if not library else ():
            # An initialiser that is generated stores what it is given.
            if scope.kind == ScopeKind.CLASS and scope.annotations and "__init__" not in scope.names:
                self.stored_attributes.update(name for name in scope.annotations if not name.startswith("__"))
        return module

    def imported(self) -> frozenset[str]:
        """The packages that the application imports, and those of which it carries copies."""
        own = (module for module in self.modules if not module.library)
        carried = (library.partition(".")[0] for library in self.copies.values())
        return frozenset(package for module in own for package in module.facts.packages).union(carried)

    def add_stub(self, name: str, facts: FileFacts) -> None:
        """Let a module have what its stub imports, where it binds no such name: its ``__getattr__`` finds it there."""
        module = self.by_name[name]
        stub = Module(len(self.modules), name, "", facts, is_package=module.is_package, library=True)
        module.star_imports.append(self._number(stub))

    def _number(self, module: Module) -> Module:
        self.modules.append(module)
        for scope_facts in module.facts.scopes:
            parent = module.scopes[scope_facts.parent] if scope_facts.parent >= 0 else None
            scope = Scope(len(self.scopes), module, scope_facts, parent)
            self.scopes.append(scope)
            module.scopes.append(scope)
        module.top = module.scopes[0]
        return module

    def also_called(self, module: Module, name: str) -> None:
        """Let a module be imported by another name, too."""
        self.by_name.setdefault(name, module)
        parts = name.split(".")
        self.packages.update(".".join(parts[:end]) for end in range(1, len(parts)))

    def absolute_name(self, module: Module, level: int, name: str) -> str:
        """The absolute dotted name of a possibly relative import in ``module``; of two modules of one name that of its own root."""
        if level == 0:
            own = f"{module.apart}.{name}" if module.apart else ""
            return own if own and (own in self.by_name or own in self.packages) else name
        parts = module.name.split(".")
        keep = len(parts) - level + (1 if module.is_package else 0)
        base = ".".join(parts[: max(keep, 0)])
        return f"{base}.{name}" if base and name else base or name

    def link_star_imports(self) -> None:
        """Resolve ``from x import *`` to modules, once all modules are known, and what packages import of themselves."""
        for module in self.modules:
            if module.is_package:
                module.own_submodules = frozenset(self._own_submodules(module))
            for level, name in module.facts.stars:
                target = self.by_name.get(self.absolute_name(module, level, name))
                if target is not None and target is not module:
                    module.star_imports.append(target)

    def _own_submodules(self, module: Module) -> Iterable[str]:
        for operation in module.top.facts.ops:
            if operation[0] == Op.FROM and f"{module.name}.{operation[4]}" in self.by_name:
                name = operation[4]
                of_itself = self.absolute_name(module, operation[2], operation[3]) == module.name
                if of_itself and module.top.facts.names.get(name) == operation[1]:
                    yield name

    def exporting_module(self, module: Module, name: str) -> Module | None:
        """The module that binds ``name`` for whoever looks in ``module``: itself, or through star imports."""
        if name in module.scopes[0].facts.names and name not in module.own_submodules:
            return module
        if not module.star_imports:
            return None
        seen = {module.index}
        # The last star import wins, and with it what that module has by its own.
        stack: list[Module] = list(module.star_imports)
        while stack:
            candidate = stack.pop()
            if candidate.index in seen:
                continue
            seen.add(candidate.index)
            public = self.public_names(candidate)
            if name not in public if public is not None else name.startswith("_"):
                continue
            own = name in candidate.top.facts.names and (name not in candidate.own_submodules or public is not None)
            if own and not self._takes_from(candidate, module, name):
                return candidate
            if candidate.name == f"{module.name}.{name}" and not candidate.star_imports:
                return None  # importing it has bound the package's name to the module itself
            stack += candidate.star_imports
        return None

    def outside_stars(self, module: Module) -> tuple[str, ...]:
        """The modules outside, or with a summary that need not tell all, of which a module has names by star imports, its own or others'."""
        if module.index not in self._outside_stars:
            found: dict[str, None] = {}
            seen: set[int] = set()
            waiting = [module]
            while waiting:
                here = waiting.pop()
                if here.index in seen:
                    continue
                seen.add(here.index)
                if here.library and here is not module:
                    found[here.name] = None
                    continue
                for level, name in here.facts.stars:
                    absolute = self.absolute_name(here, level, name)
                    if absolute not in self.by_name:
                        found[absolute] = None
                waiting += here.star_imports
            self._outside_stars[module.index] = tuple(found)
        return self._outside_stars[module.index]

    def public_names(self, module: Module) -> list[Any] | None:
        """What a star import takes of a module, by its ``__all__``; None where that does not say it."""
        if module.index not in self._public:
            self._public[module.index] = public_names(self, module)
        return self._public[module.index]

    def _takes_from(self, module: Module, package: Module, name: str) -> bool:
        """Whether a module has a name from the package that has it from the module: it is from elsewhere, or an inner module."""
        waiting = [module.top.facts.names[name]]
        seen: set[int] = set()
        while waiting:
            ref = waiting.pop()
            if type(ref) is not int or ref in seen:
                continue
            seen.add(ref)
            for operation in module.top.operations_producing(ref):
                if operation[0] == Op.COPY:  # a loop uses it
                    waiting.append(operation[2])
                elif (
                    operation[0] == Op.FROM
                    and operation[4] == name
                    and self.absolute_name(module, operation[2], operation[3]) == package.name
                ):
                    return True
        return False

    def classes(self) -> Iterable[Scope]:
        """All class scopes, in order."""
        new = islice(self.scopes, self._classes_sorted, None)
        self._classes += [scope for scope in new if scope.facts.kind == ScopeKind.CLASS]
        self._classes_sorted = len(self.scopes)
        return iter(self._classes)
