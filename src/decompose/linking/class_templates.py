"""Classes that a function states around what it is given, and returns: ``def starred(model): class Starred(Base): ...; return Starred``.

Where a module binds the results of several calls to names, each makes a class of its own, so each is given one before anything is
linked: a copy of the class statement, in which the names of the function's parameters are what this call gives. So it is with classes
that only declare, as models do; one with methods stays one class, since there is one code of them. The function's own class stays where
somebody else may call the function.
"""

from __future__ import annotations

from collections import Counter
from typing import Any, NamedTuple

import msgspec

from decompose.facts import Op
from decompose.facts.records import ParameterKind, Ref, ScopeFacts, ScopeKind
from decompose.linking.made_classes import argument_of, call_held, function_meant
from decompose.linking.program import Module, Program, Scope

_MAX_COPIED = 20_000
"""Operations that copies in one module may have together: who makes more classes than that makes them by the hundreds."""


class _Template(NamedTuple):
    """A function that returns the class that it states: that class, and where each parameter is."""

    stated: Scope
    parameters: dict[str, int]


def add_classes_of_templates(program: Program) -> None:
    """Give every class that a module gets from such a function a scope of its own."""
    for module in program.modules:
        if module.library:
            continue
        functions = (scope for scope in module.scopes if scope.parent is module.top and scope.is_function)
        templates = {scope.index: made for scope in functions if (made := _template(scope)) is not None}
        if templates:
            _Copies(program, module).add(templates)


def _template(function: Scope) -> _Template | None:
    facts = function.facts
    if not facts.parameters or facts.decorators or any(p[4] > ParameterKind.KEYWORD for p in facts.parameters):
        return None
    classes = {operation[1]: operation[2] for operation in facts.ops if operation[0] == Op.CLASS}
    returned = facts.returns[0] if len(facts.returns) == 1 else None
    if len(classes) != 1 or type(returned) is not int or returned not in classes:
        return None
    stated = function.module.scopes[classes[returned]]
    parameters = {p[0]: at for at, p in enumerate(facts.parameters)}
    # What else the function knows would have to be computed by each copy.
    local = set(facts.names) - set(parameters) - {stated.facts.name}
    bodies = _below(stated)
    used = {operation[2] for scope in bodies for operation in scope.facts.ops if operation[0] == Op.FREE}
    declares = not stated.facts.decorators and all(scope.facts.kind != ScopeKind.FUNCTION for scope in bodies)
    return _Template(stated, parameters) if declares and local.isdisjoint(used) else None


def _below(outer: Scope) -> list[Scope]:
    """A scope and those inside of it, in the order in which they are stated."""
    found, known = [outer], {outer.index}
    for scope in outer.module.scopes:
        if scope.parent is not None and scope.parent.index in known:
            found.append(scope)
            known.add(scope.index)
    return found


class _Copies:
    """The copies that one module gets."""

    def __init__(self, program: Program, module: Module) -> None:
        self.program = program
        self.module = module
        self.top = module.top
        self.global_names = {ref: name for name, ref in reversed(self.top.facts.names.items()) if type(ref) is int}
        self.added: list[ScopeFacts] = []
        self.nodes = self.top.facts.nodes
        self.copied = 0

    def add(self, templates: dict[int, _Template]) -> None:
        """A class statement behind each call; the call itself stays."""
        calls: dict[int, tuple[str, _Template]] = {}
        for name, ref in self.top.facts.names.items():
            call = call_held(self.top, ref)
            function = function_meant(self.program, self.top, call[2]) if call is not None else None
            template = templates.get(function.index) if function is not None else None
            starred = call is not None and any(type(ref) is list and ref[0] == "*" for ref in call[3])
            if call is not None and template is not None and not starred:
                calls.setdefault(id(call), (name, template))
        often = Counter(template.stated.index for _, template in calls.values())
        calls = {call: found for call, found in calls.items() if often[found[1].stated.index] > 1}
        ops: list[list[Any]] = []
        for operation in self.top.facts.ops:
            made = self._copy(operation, *calls[id(operation)]) if id(operation) in calls else None
            ops += made or [operation]
        self._leave_to_copies([template for _, template in calls.values()])
        if self.added:
            # The facts are shared with whoever linked them before.
            self.top.facts = msgspec.structs.replace(self.top.facts, ops=ops, nodes=self.nodes)
            self.top.producers = None
            scopes = [self.top.facts, *self.module.facts.scopes[1:], *self.added]
            self.module.facts = msgspec.structs.replace(self.module.facts, scopes=scopes)

    def _leave_to_copies(self, templates: list[_Template]) -> None:
        """What only the module itself calls states no class besides the copies."""
        elsewhere = {
            operation[2] for scope in self.module.scopes[1:] for operation in scope.facts.ops if operation[0] == Op.FREE
        }
        others = (module for module in self.program.modules if module is not self.module)
        elsewhere.update(name for module in others for _, _, name in module.facts.imported)
        for template in templates:
            function = template.stated.parent
            if function is not None and self.added and function.facts.name not in elsewhere:
                ops = [operation for operation in function.facts.ops if operation[0] != Op.CLASS]
                function.facts = msgspec.structs.replace(function.facts, ops=ops)
                function.producers = None
                template.stated.facts = msgspec.structs.replace(
                    template.stated.facts, bases=[], base_annotations=[], keywords=[]
                )

    def _copy(self, call: list[Any], name: str, template: _Template) -> list[list[Any]] | None:
        """The operations that stand for a call; None where the bases of the class cannot be told at the module."""
        bodies = _below(template.stated)
        self.copied += sum(len(scope.facts.ops) for scope in bodies)
        if self.copied > _MAX_COPIED:
            return None
        arguments = {parameter: argument_of(call, at, parameter) for parameter, at in template.parameters.items()}
        before: list[list[Any]] = []
        bases = [self._at_module(template.stated, ref, arguments, before) for ref in template.stated.facts.bases]
        if any(base == -1 for base in bases):
            return None
        stated = self.module.scopes.index(template.stated)
        kept = {scope.index for scope in bodies}
        originals = (number for number, scope in enumerate(self.module.scopes) if scope.index in kept)
        numbers = {number: len(self.module.scopes) + at for at, number in enumerate(originals)}
        copies: dict[int, Scope] = {}
        for scope in bodies:
            own = scope is template.stated
            facts = msgspec.structs.replace(
                scope.facts,
                name=name if own else scope.facts.name,
                qualname=name + scope.facts.qualname.removeprefix(template.stated.facts.qualname),
                parent=0 if own else numbers[scope.facts.parent],
                ops=[self._operation(operation, arguments, numbers) for operation in scope.facts.ops],
            )
            if own:
                facts.bases, facts.base_annotations, facts.keywords = bases, [["c", None] for _ in bases], []
                facts.line = facts.end_line = call[-1]
            parent = self.top if own or scope.parent is None else copies[scope.parent.index]
            copy = copies[scope.index] = Scope(len(self.program.scopes), self.module, facts, parent)
            self.program.scopes.append(copy)
            self.module.scopes.append(copy)
            self.added.append(facts)
        self.nodes += 1
        return [*before, [Op.CALL, self.nodes - 1, *call[2:]], [Op.CLASS, call[1], numbers[stated]]]

    def _operation(self, operation: list[Any], arguments: dict[str, Ref], numbers: dict[int, int]) -> list[Any]:
        if operation[0] in (Op.FUNCTION, Op.CLASS):
            return [operation[0], operation[1], numbers.get(operation[2], operation[2])]
        if operation[0] == Op.FREE and operation[2] in arguments:
            argument = arguments[operation[2]]
            if type(argument) is int and argument >= 0:
                return [Op.FREE, operation[1], self._global_name(argument), operation[3]]
            return [Op.COPY, operation[1], argument]
        return operation

    def _global_name(self, argument: Ref) -> str:
        """The name by which the module knows an argument; empty where it has none."""
        free = (operation[2] for operation in self.top.operations_producing(argument) if operation[0] == Op.FREE)
        return self.global_names.get(argument) or next(free, "")

    def _at_module(self, stated: Scope, ref: Ref, arguments: dict[str, Ref], before: list[list[Any]]) -> Ref:
        """What a base, a ref of the function, is at the module; -1 where it is more than a name or an attribute of one."""
        function = stated.parent
        producers = function.operations_producing(ref) if function is not None else []
        if len(producers) != 1:
            name = function.parameter_names().get(ref, "") if function is not None and type(ref) is int else ""
            return arguments.get(name, -1)
        operation = producers[0]
        if operation[0] == Op.ATTRIBUTE:
            base = self._at_module(stated, operation[2], arguments, before)
            if base == -1:
                return -1
            before.append([Op.ATTRIBUTE, self.nodes, base, *operation[3:]])
        elif operation[0] == Op.FREE:
            before.append([Op.FREE, self.nodes, *operation[2:]])
        else:
            return -1
        self.nodes += 1
        return self.nodes - 1
