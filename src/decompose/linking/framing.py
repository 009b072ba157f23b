"""Which frames there are: one for each function, and special ones for a receiver or a call, laid over it."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any

from decompose.facts import Op, ScopeKind
from decompose.facts.records import ParameterKind, Ref
from decompose.linking.frames import Frame, Site
from decompose.linking.generic import (
    HandedBack,
    expected_types,
    forwards_to,
    handed_back,
    returns_arguments,
    uses_receiver,
)
from decompose.linking.names import Names
from decompose.linking.overlays import Overlay, Overlays
from decompose.linking.places import Places
from decompose.linking.program import Module, Program, Scope
from decompose.linking.solver import Node
from decompose.linking.values import Types, Value, Values

if TYPE_CHECKING:
    from decompose.linking.library_call import StoreUse
    from decompose.linking.named_loads import NamedLoads

MAX_FRAMES_OF_A_SCOPE = 400
MAX_HELPER_OPERATIONS = 64
MAX_CLONED_OPERATIONS = 3_000
MAX_DECORATING_OPERATIONS = 15_000
"""Of a decorator, which says of each function that it decorates how it is called, more is worth while."""

CLONED_SHARE = 2
"""All repeated looks together may be this many times the program itself, so that its size bounds the work."""

MIN_BUDGET = 20_000
MIN_CALLS = 50_000
CALLS_SHARE = 2
"""So many callees for each operation of the program are followed in all, and a few of every call whatever comes."""

FEW_CALLEES = 8
MAX_CONTEXT_DEPTH = 3
"""A helper, and what its helper calls: a query is often begun by one, built by another, and run by a third."""

MAX_FAMILY = 40


class Framing(Places):
    """Makes frames; what their bodies mean is told by `_instantiate`."""

    named_loads: NamedLoads

    def __init__(self, program: Program, values: Values, names: Names) -> None:
        super().__init__(program, values, names)
        self.frames: list[Frame] = []
        self.classes: dict[int, Frame] = {}
        self._frames: dict[tuple[int, int, Value, int], Frame] = {}
        self._helpers: dict[int, bool] = {}
        self._handed_back: dict[int, HandedBack] = {}
        self._told_by_arguments: dict[int, bool] = {}
        self._expected: dict[tuple[int, int, int], tuple[Types, ...]] = {}
        self._forwards_to: dict[int, Ref] = {}
        self._budget = 0
        self._calls_left = 0
        self._receiver_users: dict[int, bool] = {}
        self._frames_of: dict[int, int] = {}
        self._undivided: set[int] = set()
        """Frames in which nothing differs between those who call: a class that is made there is one for all."""
        self._telling: dict[int, frozenset[int]] = {}
        self._overlays = Overlays(names)
        self._outer_nodes: dict[tuple[int, int], list[tuple[int, Node]]] = {}
        self._replaced: dict[tuple[int, int], Scope | None] = {}
        self._waiting: list[Frame] = []
        self._bounded: list[tuple[Node, Frame, list[Any]]] = []
        """Parameters that are declared by a type variable, which stands for its bound where no caller tells more."""
        self.transactions: list[tuple[Site, str, str]] = []
        """Calls that open or end a transaction: the effect that says so, and the kind."""
        self.store_uses: list[StoreUse] = []
        self.proved_store_uses = 0
        """So many of them rest on no assumption by a name."""

    @abstractmethod
    def _instantiate(self, frame: Frame) -> None:
        """Make the constraints of a frame's operations."""

    @abstractmethod
    def _instantiate_library(self, frame: Frame) -> None:
        """Make the constraints of a frame of a summary."""

    def _inherit_methods(self) -> None:
        """Inherited methods are looked at once for each class that inherits them.

        In a large family without bases outside of the application all callers are in view, and what they call for
        which class has been looked at already.
        """
        for cls in self.program.classes():
            if cls.library:
                continue
            receiver = self.values.instance(cls.index)
            closed = self.hierarchy.is_closed(cls)
            for ancestor in self.hierarchy.order(cls)[1:]:
                if ancestor.library or ancestor.index not in self.classes:
                    continue
                if closed and len(self.hierarchy.subclasses[ancestor.index]) > MAX_FAMILY:
                    continue
                for name, ref in ancestor.facts.names.items():
                    member = self.hierarchy.member(cls, name)
                    if member is None or member.owner is not ancestor:
                        continue
                    function = self.plain_function(ancestor, ref)
                    if function is not None and function.facts.flavour != "static":
                        value = self.values.class_of(receiver) if function.facts.flavour == "class" else receiver
                        self.frame(function, self.class_frame(ancestor), value)

    def _assume_bounds(self) -> None:
        """A parameter that no caller gives a value is what its type variable is bound by."""
        bounded, self._bounded = self._bounded, []
        told_apart = {f.general.index for f in self.frames if f.general is not None and f.depth > f.general.depth}
        for target, frame, annotation in bounded:
            if not self.values_of(target) and frame.index not in told_apart:
                self.add_types(target, self.promised(frame, annotation))

    def _new_frame(self, scope: Scope, nodes: list[Node], parent: Frame | None, receiver: Value) -> Frame:
        frame = Frame(len(self.frames), scope, nodes, parent, receiver)
        self.frames.append(frame)
        return frame

    def module_frame(self, module: Module) -> Frame:
        """The one frame of a module."""
        return self._modules[module.index]

    def class_frame(self, cls: Scope) -> Frame:
        """The one frame of a class body."""
        frame = self.classes.get(cls.index)
        if frame is None:
            frame = self.open_class(cls, self._lexical_frame(cls))
        return frame

    def _lexical_frame(self, scope: Scope) -> Frame:
        parent = scope.parent
        if parent is None or parent.facts.kind == ScopeKind.MODULE:
            return self._modules[scope.module.index]
        if parent.facts.kind == ScopeKind.CLASS:
            return self.class_frame(parent)
        return self.frame(parent, self._lexical_frame(parent), self.own_receiver(parent))

    def open_class(self, cls: Scope, parent: Frame) -> Frame:
        frame = self._new_frame(cls, self.new_nodes(cls.facts.nodes), parent, -1)
        self.classes[cls.index] = frame
        if cls.library:
            self._instantiate_library(frame)
        else:
            self._instantiate(frame)
        return frame

    def frame(self, function: Scope, parent: Frame, receiver: Value, site: Site | None = None) -> Frame:
        """The frame of a function for a receiver; small generic helpers get one for each call ``site``.

        Past a limit a method is looked at for the class that defines it only, and counted as not fully known.
        """
        if receiver >= 0:
            description = self.values[receiver]
            if description[0] == "I" and description[3]:
                receiver = self.values.instance(description[1], description[2])
        context = -1
        if site is not None and self._wants_own_frame(function, site):
            context = site.index
        own = self.own_receiver(function)
        if receiver >= 0 and receiver != own and own >= 0 and not self._uses_receiver(function):
            # What a library hands to the method of a mixin depends on who acts.
            receiver = receiver if self._is_handed_more(function, own, receiver) else own
        key = (function.index, parent.index, receiver, context)
        frame = self._frames.get(key)
        if frame is not None:
            return frame
        general = self._general(function, parent, receiver, context, own)
        overlay = self._overlay(function, parent, general, receiver) if general is not None else None
        if general is not None and overlay is not None:
            if not overlay.operations and not overlay.returns:
                self._undivided.add(general.index)
                self._frames[key] = general
                return general
            count = self._frames_of.get(function.index, 0)
            size = len(overlay.operations) + 1
            if self._budget < size or (context < 0 and count >= MAX_FRAMES_OF_A_SCOPE):
                self.saturated.update(general.nodes[:1])
                return general
            self._budget -= size
        frame = self._new_frame(function, [], parent, receiver)
        self._frames[key] = frame
        self._frames_of[function.index] = self._frames_of.get(function.index, 0) + 1
        if context >= 0 and site is not None:
            frame.depth = max(frame.depth, site.frame.depth + 1)
            if site.kind == "decorate" or _hands_on_decorated(site):
                frame.decorates = site
        if general is not None and overlay is not None:
            self._lay_over(frame, general, overlay)
        else:
            frame.nodes = self.new_nodes(function.facts.nodes)
            frame.returns = self.new_node()
            self._free_names(frame)
        self._waiting.append(frame)
        self._bind_signature(frame, site if context >= 0 else None)
        return frame

    def may_follow(self, site: Site) -> bool:
        """Whether one more callee of a call is followed: always, unless very many calls have very many callees."""
        self._calls_left -= 1
        if self._calls_left >= 0 or len(site.targets) < FEW_CALLEES:
            return True
        if site.operation[2] >= 0:
            self.saturated.add(site.frame.nodes[site.operation[2]])
        return False

    def _general(self, function: Scope, parent: Frame, receiver: Value, context: int, own: Value) -> Frame | None:
        """The frame that a special one shares most of itself with; None for one that is not special."""
        if context >= 0:
            return self.frame(function, parent, receiver)
        if receiver != own:
            return self.frame(function, parent, own)
        if parent.general is not None and parent.scope.is_function:
            return self.frame(function, parent.general, receiver)
        return None

    def _overlay(self, function: Scope, parent: Frame, general: Frame, receiver: Value) -> Overlay:
        """What of a function is to be looked at once more: all that depends on its parameters and surroundings."""
        own = function.facts.parameters[0][1] if receiver >= 0 and function.facts.parameters else -1
        seeds = self._telling_parameters(function) - {own}
        if own >= 0 and receiver != general.receiver:
            seeds = seeds | {own}
        if parent is not general.parent:
            for inner, node in self._outer(function, parent):
                if general.nodes[inner] != node:
                    seeds = seeds | {inner}
        special = receiver != general.receiver or parent is not general.parent
        return self._overlays.of(function, seeds, receiver=special)

    def _telling_parameters(self, function: Scope) -> frozenset[int]:
        """The parameters that may be given something else by each caller: not those whose declared type says it all."""
        known = self._telling.get(function.index)
        if known is None:
            known = self._telling[function.index] = frozenset(
                node
                for _, node, annotation, _, _ in function.facts.parameters
                if annotation is None or not self._says_it_all(self.names.types(function, annotation))
            ) | self.named_loads.naming(function)
        return known

    def _says_it_all(self, types: Types) -> bool:
        """Whether declared types have no type variables, no type arguments left open, and no subclasses of the application."""
        described = [self.values[value] for value in types]
        return bool(types) and all(
            d[0] == "X"
            or (
                d[0] == "I"
                and value not in self.values.open_types
                and d[1] not in self.hierarchy.subclasses
                and self._has_all_arguments(d)
            )
            for value, d in zip(types, described, strict=True)
        )

    def _has_all_arguments(self, described: tuple[Any, ...]) -> bool:
        """Whether a declared type says of all of its type parameters what they are: ``Select[Any]`` does not."""
        wanted = len(self.names.type_parameters(self.program.scopes[described[1]]))
        return len(described[2]) >= wanted and all(described[2][:wanted])

    def _lay_over(self, frame: Frame, general: Frame, overlay: Overlay) -> None:
        frame.general = general
        frame.operations = overlay.operations
        frame.nodes = list(general.nodes)
        for inner, node in zip(overlay.nodes, self.new_nodes(len(overlay.nodes)), strict=True):
            frame.nodes[inner] = node
        self._free_names(frame)
        frame.returns = self.new_node() if overlay.returns else general.returns

    def decorated(self, frame: Frame | None, depth: int = 8) -> list[Scope]:
        """The functions that a decorator's frame was made for, seen through decorators below it."""
        site = frame.decorates if frame is not None else None
        if site is None or not depth:
            return []
        found: list[Scope] = []
        for value in sorted(self.values_of(self.node_of(site.frame, site.arguments[0]))):
            description = self.values[value]
            if description[0] == "F" and not self.program.scopes[description[1]].library:
                inner = self.decorated(self.frames[description[2]], depth - 1) if description[2] >= 0 else []
                found += inner or [self.program.scopes[description[1]]]
        return found

    def _uses_receiver(self, function: Scope) -> bool:
        """Whether a method does anything with ``self`` or ``cls``: if not, it is the same for every receiver."""
        known = self._receiver_users.get(function.index)
        if known is None:
            is_open = self._overlays.is_open
            known = self._receiver_users[function.index] = (
                uses_receiver(function)
                or is_open(function, function.facts.return_annotation)
                or any(is_open(function, annotation) for _, _, annotation, _, _ in function.facts.parameters)
            )
        return known

    def _wants_own_frame(self, function: Scope, site: Site) -> bool:
        """Whether the result of a function depends on its arguments, and looking at it once for each call is cheap."""
        if site.frame.depth >= MAX_CONTEXT_DEPTH or site.frame.scope is function:
            return False
        if self.handed_back(function).only:
            return False  # its result is known without
        if not any(self.node_of(site.frame, ref) >= 0 for ref in site.arguments) and not any(
            self.node_of(site.frame, ref) >= 0 for _, ref in site.keywords
        ):
            return self._names_what_it_wants(function, site)  # other plain data tells nothing apart
        size = len(function.facts.ops)
        if site.kind != "decorate" and size > MAX_HELPER_OPERATIONS:
            return False
        most = MAX_CLONED_OPERATIONS if site.kind != "decorate" else MAX_DECORATING_OPERATIONS
        if self._frames_of.get(function.index, 0) * (size + 4) > most:
            return False
        return self._is_helper(function)

    def _names_what_it_wants(self, function: Scope, site: Site) -> bool:
        """Whether a call says by a constant text what a small function is to pick and give."""
        if not any(type(ref) is str for ref in (*site.arguments, *(ref for _, ref in site.keywords))):
            return False
        if not self.named_loads.naming(function) or len(function.facts.ops) > MAX_HELPER_OPERATIONS:
            return False
        if self._frames_of.get(function.index, 0) * (len(function.facts.ops) + 4) > MAX_CLONED_OPERATIONS:
            return False
        return self._is_helper(function)

    def _is_helper(self, function: Scope) -> bool:
        helper = self._helpers.get(function.index)
        if helper is None:
            helper = self._helpers[function.index] = returns_arguments(function, self.names)
        return helper

    def handed_back(self, function: Scope) -> HandedBack:
        """`generic.handed_back`, remembered."""
        known = self._handed_back.get(function.index)
        if known is None:
            known = self._handed_back[function.index] = handed_back(function)
        return known

    def forwards_to(self, function: Scope) -> Ref:
        """`generic.forwards_to`, remembered."""
        known = self._forwards_to.get(function.index)
        if known is None:
            known = self._forwards_to[function.index] = forwards_to(function)
        return known

    def expected_arguments(self, site: Site, cls: Scope) -> tuple[Types, ...]:
        """The type arguments with which a generic class is made: those of the place that expects it, or what it is given."""
        function = site.frame.scope
        key = (function.index, site.operation[1], cls.index)
        if site.kind != "call" or type(site.operation[1]) is not int:
            return ()
        known = self._expected.get(key)
        if known is None:
            annotations = expected_types(function, site.operation[1])
            described = [self.values[v] for a in annotations for v in self.names.types(function, a)]
            arguments = [d[2] for d in described if d[0] == "I" and d[1] == cls.index and d[2]]
            closed = arguments and all(v not in self.values.open_types for types in arguments[0] for v in types)
            known = self._expected[key] = arguments[0] if closed else self._arguments_given(site, cls)
        if not known:
            self.made_bare.add(cls.index)
        return known

    def _arguments_given(self, site: Site, cls: Scope) -> tuple[Types, ...]:
        """``Repository(User)``: the type arguments that the initialiser's annotations and the classes given say together."""
        member = self.hierarchy.member(cls, "__init__")
        function = self.plain_function(member.owner, member.ref) if member is not None and member.owner is cls else None
        bound: dict[str, Types] = {}
        for position, (name, _, annotation, _, kind) in enumerate(function.facts.parameters[1:] if function else ()):
            ref = site.argument(position if kind == ParameterKind.POSITIONAL else -1, name)
            given = [self.values[value] for value in self.names.evaluate(site.frame.scope, ref)]
            for wanted in self.names.types(function, annotation) if function and annotation is not None else ():
                if self.values[wanted][0] == "Y":
                    variable = self.values[self.values[wanted][1]][1]
                    bound[variable] = tuple(self.values.instance(d[1], d[2]) for d in given if d[0] == "C")
        arguments = tuple(bound.get(name, ()) for name in self.names.type_parameters(cls))
        return arguments if any(arguments) else ()

    def is_told_by_arguments(self, function: Scope, frame: Frame) -> bool:
        """Whether a function that all callers share promises each caller the type of what that caller gives."""
        if frame.depth or function.facts.return_annotation is None:
            return False
        known = self._told_by_arguments.get(function.index)
        if known is None:
            promised = self.names.types(function, function.facts.return_annotation)
            taken = {
                value
                for _, _, annotation, _, _ in function.facts.parameters
                if annotation is not None
                for value in self.names.types(function, annotation)
            }
            variables = [value for value in promised if self.values[value][0] == "T"]
            known = bool(variables) and len(variables) == len(promised) and taken.issuperset(variables)
            self._told_by_arguments[function.index] = known
        return known

    def is_crowded(self, function: Scope, frame: Frame, site: Site) -> bool:
        """Whether a decoration shares the frame of a decorator with all others for which there was no room.

        What comes out of that may be any of them.
        """
        return (
            site.kind == "decorate"
            and frame.decorates is not site
            and frame.index not in self._undivided
            and not self.handed_back(function).only
            and self._is_helper(function)
        )

    def _bind_signature(self, frame: Frame, site: Site | None) -> None:
        """The receiver, the declared types and the defaults; not those that the call ``site`` replaces."""
        facts = frame.scope.facts
        if frame.receiver >= 0 and facts.parameters:
            self.put(frame.nodes[facts.parameters[0][1]], frame.receiver)
        outer = frame.parent
        above = self._promised_above(frame)
        for position, (name, node, annotation, default, kind) in enumerate(facts.parameters):
            target = frame.nodes[node]
            if position < len(above) and annotation is None and kind == ParameterKind.POSITIONAL:
                self.add_types(target, above[position])
            if kind in (ParameterKind.STAR, ParameterKind.STAR_STAR):
                rest = self.containers.of_parameter(target, kind)
                self.put(target, rest)
                if annotation is not None:
                    self.add_types(self.containers.slot(self.values[rest][2], None), self.promised(frame, annotation))
            elif annotation is not None and not (position == 0 and frame.receiver >= 0):
                types = self.names.types(frame.scope, annotation)
                if self.values.bounds and not self.values.open_types.isdisjoint(types):
                    self._bounded.append((target, frame, annotation))
                    types = self.values.substitute(types, self.bindings_of(frame))
                self.add_types(target, types)
            if default is not None and outer is not None and not (site is not None and _gives(site, position, name)):
                source = self.node_of(outer, default)
                if source >= 0:
                    self.edge(source, target)
        if facts.return_annotation is not None:
            self.add_types(frame.returns, self.promised(frame, facts.return_annotation))

    def _promised_above(self, frame: Frame) -> list[Types]:
        """What the method of a library promises of its parameters that a method of the application takes the place of."""
        function = frame.scope
        cls = function.parent if function.is_method and not function.library and frame.receiver >= 0 else None
        if cls is None:
            return []
        description = self.values[frame.receiver]
        if description[0] not in ("I", "C"):
            return []
        acting = self.program.scopes[description[1]]
        library = self._replaced_by(function, cls, acting)
        if library is None or library.parent is None:
            return []
        bindings = self.hierarchy.bindings(acting, description[2], library.parent)
        return [
            self.values.substitute(self.names.types(library, annotation), bindings)
            if annotation is not None and kind == ParameterKind.POSITIONAL
            else ()
            for _, _, annotation, _, kind in library.facts.parameters
        ]

    def _replaced_by(self, function: Scope, cls: Scope, acting: Scope) -> Scope | None:
        """The method of a library that a method of ``cls`` takes the place of, under any of its names, in the class that acts.

        Of a mixin only the class that acts tells.
        """
        key = (function.index, acting.index)
        if key not in self._replaced:
            found = None
            for name in self._names_of(function, cls):
                replaced = self.hierarchy.member_after(acting, cls, name)
                known = self.plain_function(replaced.owner, replaced.ref) if replaced is not None else None
                if known is not None and known.library and any(p[2] is not None for p in known.facts.parameters):
                    found = known
                    break
            self._replaced[key] = found
        return self._replaced[key]

    def _is_handed_more(self, function: Scope, own: Value, receiver: Value) -> bool:
        """Whether a library promises what a method is given for this receiver, and does not for the class that defines it."""
        cls = function.parent
        described = self.values[own], self.values[receiver]
        if cls is None or function.library or len(function.facts.parameters) < 2 or any(d[0] != "I" for d in described):
            return False
        here, there = (self._replaced_by(function, cls, self.program.scopes[d[1]]) for d in described)
        return here is None and there is not None

    def _names_of(self, function: Scope, cls: Scope) -> list[str]:
        """The names of a method in the body of its class: ``form_valid = form_invalid = process``."""
        own = function.facts.name
        ref = cls.facts.names.get(own, -1)
        also = (
            [name for name, other in cls.facts.names.items() if other == ref and name != own]
            if type(ref) is int
            else []
        )
        return [own, *(also if ref >= 0 else [])]

    def _free_names(self, frame: Frame) -> None:
        """In a function a name from outside is the outer node itself: no copy."""
        if frame.parent is not None:
            nodes = frame.nodes
            for inner, node in self._outer(frame.scope, frame.parent):
                nodes[inner] = node

    def _outer(self, function: Scope, parent: Frame) -> list[tuple[int, Node]]:
        """The nodes of a function that stand for names from outside, each with the outer node."""
        key = (function.index, parent.index)
        known = self._outer_nodes.get(key)
        if known is None:
            known = self._outer_nodes[key] = []
            for operation in function.facts.ops:
                if operation[0] == Op.FREE:
                    node = self.free_node(function, parent, operation[2])
                    if node >= 0:
                        known.append((operation[1], node))
        return known


def _gives(site: Site, position: int, name: str) -> bool:
    """Whether a call certainly gives a parameter; of a bound method's the position is one too far, which is safe."""
    if any(keyword == name for keyword, _ in site.keywords):
        return True
    plain = all(type(ref) is not list or ref[0] != "*" for ref in site.arguments[: position + 1])
    return site.kind == "call" and plain and position < len(site.arguments)


def _hands_on_decorated(site: Site) -> bool:
    """``return decorate(function)`` of a decorator that may also be called with options only."""
    scope = site.frame.scope
    if site.frame.decorates is None or site.kind != "call" or len(site.arguments) != 1 or site.keywords:
        return False
    given = scope.facts.parameters[0][1] if scope.facts.parameters else -1
    known = {given, *(o[1] for o in scope.facts.ops if o[0] in (Op.COPY, Op.NARROW) and o[2] == given)}
    returned = {o[2] for ref in scope.facts.returns for o in scope.operations_producing(ref) if o[0] == Op.COPY}
    return site.arguments[0] in known and (site.operation[1] in returned or site.operation[1] in scope.facts.returns)
