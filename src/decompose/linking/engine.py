"""Bodies become constraints: a frame is one instantiation of a scope, for one receiver."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from decompose.facts import HOLE, Op, ScopeKind
from decompose.facts.records import ParameterKind, Ref
from decompose.linking import attributes, calls, containers, making
from decompose.linking.frames import Frame, Site
from decompose.linking.generic import returns_arguments, uses_receiver
from decompose.linking.hierarchy import Hierarchy
from decompose.linking.library_calls import ParameterPlan
from decompose.linking.loading import Loaded, Loading
from decompose.linking.names import Names
from decompose.linking.overlays import Overlay, Overlays
from decompose.linking.program import Module, Program, Scope
from decompose.linking.references import References
from decompose.linking.relations import Relations
from decompose.linking.solver import Node, Solver
from decompose.linking.sql_text import looks_like_sql
from decompose.linking.values import Types, Value, Values

_KEEPING_OPERATORS = frozenset({"add", "iadd", "mod", "mul", "or", "ior"})
"""Operators that say something about SQL text and containers too."""

MAX_FRAMES_OF_A_SCOPE = 400
MAX_HELPER_OPERATIONS = 40
MAX_CLONED_OPERATIONS = 3_000
CLONED_SHARE = 2
"""All repeated looks together may be this many times the program itself, so that its size bounds the work."""

MIN_BUDGET = 20_000
MAX_CONTEXT_DEPTH = 1
MAX_POSSIBLE_SUBCLASSES = 40
MAX_FAMILY = 40


class Engine(Solver):
    """Links a program: which values reach which nodes, and with that who calls whom."""

    hierarchy: Hierarchy
    loading: Loading | None = None

    def __init__(self, program: Program, values: Values, names: Names) -> None:
        super().__init__(values.faint)
        self.program = program
        self.values = values
        self.names = names
        self.frames: list[Frame] = []
        self.sites: list[Site] = []
        self.implicit_calls: set[tuple[int, Value, int, str, int, Value]] = set()
        self.attribute_stores: list[tuple[Frame, Value, str, int]] = []
        self.accesses: set[tuple[int, Value, str, Value, str, str, int]] = set()
        self.sql_uses: set[tuple[int, Value, Value, str, int]] = set()
        self.sql_texts: set[tuple[int, Value, Value, int]] = set()
        self.transactions: list[tuple[Site, str]] = []
        self.registrations: set[tuple[int, Value, str, str, int, int]] = set()
        self.containers = containers.Containers(self)
        self.references = References(program)
        self.relations = Relations(program, values)
        self._modules: dict[int, Frame] = {}
        self._classes: dict[int, Frame] = {}
        self._frames: dict[tuple[int, int, Value, int], Frame] = {}
        self._helpers: dict[int, bool] = {}
        self._budget = 0
        handlers: dict[Op, Callable[[Frame, list[Any]], None]] = {
            Op.COPY: self._copy,
            Op.ATTRIBUTE: self._attribute,
            Op.SET_ATTRIBUTE: self._set_attribute,
            Op.CALL: self._call,
            Op.ITEM: self._item,
            Op.SET_ITEM: self._set_item,
            Op.ITERATE: self._iterate,
            Op.CONTAINER: self.containers.make,
            Op.FUNCTION: self._function,
            Op.CLASS: self._class,
            Op.IMPORT: self._import,
            Op.FROM: self._from,
            Op.FREE: self._free,
            Op.ENTER: self._enter,
            Op.NARROW: self._narrow,
            Op.BINARY: self._binary,
            Op.TYPED: self._typed,
            Op.IMPORT_STAR: self._nothing,
            Op.SET_FREE: self._set_free,
            Op.DECORATE: self._decorate,
            Op.RAISE: self._raise,
        }
        self.special_names: set[str] = set()
        self._telling_operators: frozenset[str] = frozenset()
        self._handlers = [handlers[op] for op in sorted(Op)]
        self._receiver_users: dict[int, bool] = {}
        self._frames_of: dict[int, int] = {}
        self._own_receivers: dict[int, Value] = {}
        self._telling: dict[int, frozenset[int]] = {}
        self._standing: dict[Types, frozenset[Value]] = {}
        self._plain_functions: dict[tuple[int, int], Scope | None] = {}
        self.stored_on: set[tuple[int, str]] = set()
        self.function_fields: dict[tuple[int, str], Node] = {}
        self.outside_members: dict[tuple[Value, str], frozenset[Value]] = {}
        self.bound_methods: dict[tuple[Value, str], frozenset[Value]] = {}
        self.plain_results: dict[tuple[int, Value], frozenset[Value]] = {}
        self.metaclasses: dict[int, Scope | None] = {}
        self._made_by: dict[int, Node] = {}
        self.passed_outside: list[tuple[Site, Ref, bool]] = []
        self._overlays = Overlays(names)
        self._fields: dict[tuple[int, str], Node] = {}
        self._channels: dict[Value, Node] = {}
        self._outer_nodes: dict[tuple[int, int], list[tuple[int, Node]]] = {}
        self.library_plans: dict[int, ParameterPlan] = {}
        self._exports: dict[tuple[int, str], Node] = {}
        self._waiting: list[Frame] = []
        self.contributed: set[tuple[int, str]] = set()
        self.contributors: list[Callable[[Engine], None]] = []
        self.library_effects: dict[int, list[tuple[str, list[Any]]]] = {}

    # The whole program

    def link(self) -> None:
        """Instantiate everything and propagate."""
        own = sum(len(scope.facts.ops) for scope in self.program.scopes if not scope.library)
        self.special_names = {n for cls in self.program.classes() for n in cls.facts.names if n.startswith("__")}
        self._telling_operators = _KEEPING_OPERATORS | attributes.operators_of(self.special_names)
        self._budget = MIN_BUDGET + CLONED_SHARE * own
        for module in self.program.modules:
            nodes = self.new_nodes(module.top.facts.nodes)
            self._modules[module.index] = self._new_frame(module.top, nodes, None, -1)
        for module in self.program.modules:
            if not module.library:
                self._instantiate(self._modules[module.index])
            else:
                self._instantiate_library(self._modules[module.index])
        self.run()
        for contribute in self.contributors:
            contribute(self)
        self._settle()
        self._inherit_methods()
        self._settle()
        calls.tell_passed_outside(self)

    def contribute(self, cls: int, name: str, value: Value) -> None:
        """A library puts an attribute on a class that its code does not show, such as the way back of a key."""
        self.program.stored_attributes.add(name)
        self.contributed.add((cls, name))
        self.put(self.fields(cls, name), value)

    def _settle(self) -> None:
        while True:
            self.run()
            if not self._waiting:
                return
            waiting, self._waiting = self._waiting, []
            for frame in waiting:
                self._instantiate(frame)

    def settle(self) -> None:
        """Propagate what was added from outside."""
        self._settle()

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
                if ancestor.library or ancestor.index not in self._classes:
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

    # Channels: what is announced under a name reaches everybody who listens

    def channel(self, key: Value) -> Node:
        """The node that collects the listeners of a channel."""
        node = self._channels.get(key)
        if node is None:
            node = self._channels[key] = self.new_node()
        return node

    def made_by(self, meta: int) -> Node:
        """The node of all classes that a metaclass makes."""
        node = self._made_by.get(meta)
        if node is None:
            node = self._made_by[meta] = self.new_node()
        return node

    # Frames

    def _new_frame(self, scope: Scope, nodes: list[Node], parent: Frame | None, receiver: Value) -> Frame:
        frame = Frame(len(self.frames), scope, nodes, parent, receiver)
        self.frames.append(frame)
        return frame

    def module_frame(self, module: Module) -> Frame:
        """The one frame of a module."""
        return self._modules[module.index]

    def class_frame(self, cls: Scope) -> Frame:
        """The one frame of a class body."""
        frame = self._classes.get(cls.index)
        if frame is None:
            frame = self._open_class(cls, self._lexical_frame(cls))
        return frame

    def _lexical_frame(self, scope: Scope) -> Frame:
        parent = scope.parent
        if parent is None or parent.facts.kind == ScopeKind.MODULE:
            return self._modules[scope.module.index]
        if parent.facts.kind == ScopeKind.CLASS:
            return self.class_frame(parent)
        return self.frame(parent, self._lexical_frame(parent), self.own_receiver(parent))

    def _open_class(self, cls: Scope, parent: Frame) -> Frame:
        frame = self._new_frame(cls, self.new_nodes(cls.facts.nodes), parent, -1)
        self._classes[cls.index] = frame
        if cls.library:
            self._instantiate_library(frame)
        else:
            self._instantiate(frame)
        return frame

    def own_receiver(self, function: Scope) -> Value:
        """The value of ``self`` or ``cls`` when nothing more is known: the class that defines the method."""
        known = self._own_receivers.get(function.index)
        if known is None:
            known = -1
            if function.is_method and function.facts.flavour != "static" and function.parent is not None:
                known = self.values.instance(function.parent.index)
                known = self.values.class_of(known) if function.facts.flavour == "class" else known
            self._own_receivers[function.index] = known
        return known

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
            receiver = own
        key = (function.index, parent.index, receiver, context)
        frame = self._frames.get(key)
        if frame is not None:
            return frame
        general = self._general(function, parent, receiver, context, own)
        overlay = self._overlay(function, parent, general, receiver) if general is not None else None
        if general is not None and overlay is not None:
            if not overlay.operations and not overlay.returns:
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
            if site.kind == "decorate":
                frame.decorates = site
        if general is not None and overlay is not None:
            self._lay_over(frame, general, overlay)
        else:
            frame.nodes = self.new_nodes(function.facts.nodes)
            frame.returns = self.new_node()
            self._free_names(frame)
        self._waiting.append(frame)
        self._bind_signature(frame)
        return frame

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
            )
        return known

    def _says_it_all(self, types: Types) -> bool:
        """Whether declared types have no type variables and no subclasses of the application."""
        described = [self.values[value] for value in types]
        return bool(types) and all(
            d[0] == "X"
            or (d[0] == "I" and value not in self.values.open_types and d[1] not in self.hierarchy.subclasses)
            for value, d in zip(types, described, strict=True)
        )

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

    def scopes_of_transactions(self) -> set[tuple[int, Value, str, int]]:
        """Each transaction: the scope that it is of, for which receiver, its kind, and its line."""
        special: dict[int, list[Frame]] = {}
        for frame in self.frames:
            if frame.general is not None:
                special.setdefault(frame.general.index, []).append(frame)
        found: set[tuple[int, Value, str, int]] = set()
        for site, kind in self.transactions:
            if site.kind == "decorate":
                for value in self.values_of(self.node_of(site.frame, site.arguments[0])):
                    description = self.values[value]
                    if description[0] == "F":
                        found.add((description[1], -1, kind, site.line))
                continue
            frames = [site.frame]
            for frame in frames:
                frames += special.get(frame.index, ())
                decorated = self.decorated(frame.parent)
                # A decorator that opens a transaction opens it for what it decorates.
                for function in decorated:
                    found.add((function.index, self.own_receiver(function), kind, function.facts.line))
                if not decorated:
                    found.add((frame.scope.index, frame.receiver, kind, site.line))
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
        if not any(self.node_of(site.frame, ref) >= 0 for ref in site.arguments) and not any(
            self.node_of(site.frame, ref) >= 0 for _, ref in site.keywords
        ):
            return False  # plain data tells nothing apart
        size = len(function.facts.ops)
        if site.kind != "decorate" and size > MAX_HELPER_OPERATIONS:
            return False
        if self._frames_of.get(function.index, 0) * (size + 4) > MAX_CLONED_OPERATIONS:
            return False
        helper = self._helpers.get(function.index)
        if helper is None:
            helper = self._helpers[function.index] = returns_arguments(function, self.names)
        return helper

    def bindings_of(self, frame: Frame) -> dict[str, Types]:
        """The type variables that the receiver of a frame fixes."""
        scope: Frame | None = frame
        while scope is not None and scope.receiver < 0:
            scope = scope.parent
        if scope is None or scope.scope.parent is None:
            return {}
        description = self.values[scope.receiver]
        if description[0] not in ("I", "C"):
            return {}
        cls = self.program.scopes[description[1]]
        instance = self.values.instance(description[1], description[2])
        return {**self.hierarchy.bindings(cls, description[2], scope.scope.parent), "Self": (instance,)}

    def _bind_signature(self, frame: Frame) -> None:
        facts = frame.scope.facts
        if frame.receiver >= 0 and facts.parameters:
            self.put(frame.nodes[facts.parameters[0][1]], frame.receiver)
        outer = frame.parent
        for position, (_, node, annotation, default, kind) in enumerate(facts.parameters):
            target = frame.nodes[node]
            if kind in (ParameterKind.STAR, ParameterKind.STAR_STAR):
                rest = self.containers.of_parameter(target, kind)
                self.put(target, rest)
                if annotation is not None:
                    self.add_types(self.containers.slot(self.values[rest][2], None), self.promised(frame, annotation))
            elif annotation is not None and not (position == 0 and frame.receiver >= 0):
                self.add_types(target, self.promised(frame, annotation))
            if default is not None and outer is not None:
                source = self.node_of(outer, default)
                if source >= 0:
                    self.edge(source, target)
        if facts.return_annotation is not None:
            self.add_types(frame.returns, self.promised(frame, facts.return_annotation))

    def promised(self, frame: Frame, annotation: list[Any]) -> Types:
        """The values that an annotation promises, in a frame."""
        types = self.names.types(frame.scope, annotation)
        if self.values.open_types.isdisjoint(types):
            return types
        bindings = self.bindings_of(frame)
        return self.values.substitute(types, {**self.values.bounds, **bindings} if self.values.bounds else bindings)

    def add_types(self, node: Node, types: Types) -> None:
        """Add declared types to a node: each with the subclasses that may stand for it, when they are few."""
        if types:
            self.add(node, self.standing_for(types))

    def standing_for(self, types: Types) -> frozenset[Value]:
        """`with_subclasses`, remembered."""
        known = self._standing.get(types)
        if known is None:
            known = self._standing[types] = frozenset(self.with_subclasses(types))
        return known

    def with_subclasses(self, types: Types) -> list[Value]:
        """Declared instances, and the instances of the application's subclasses that may stand for them."""
        result: list[Value] = []
        for value in types:
            if value in self.values.open_types:
                continue
            result.append(value)
            description = self.values[value]
            if description[0] == "I" and description[3] and not self.program.scopes[description[1]].library:
                subclasses = self.hierarchy.subclasses.get(description[1], ())
                if len(subclasses) <= MAX_POSSIBLE_SUBCLASSES:
                    result += (
                        self.values.instance(cls.index, (), declared=True)
                        for cls in subclasses
                        if not description[2] or self._fits(cls, description)
                    )
        return result

    def _fits(self, cls: Scope, declared: tuple[Any, ...]) -> bool:
        """Whether a subclass fixes the type arguments as they are declared, or leaves them open."""
        ancestor = self.program.scopes[declared[1]]
        fixed = self.hierarchy.bindings(cls, (), ancestor)
        for name, wanted in zip(self.names.type_parameters(ancestor), declared[2], strict=False):
            given = {self.values[value][:2] for value in fixed.get(name, ())}
            if given and wanted and given.isdisjoint(self.values[value][:2] for value in wanted):
                return False
        return True

    # Names and refs

    def node_of(self, frame: Frame, ref: Ref) -> Node:
        """The node of a ref in a frame, or -1 for data."""
        if type(ref) is int:
            return frame.nodes[ref] if ref >= 0 else -1
        if type(ref) is str:
            return self.constant(self.values.intern("Q", ref)) if looks_like_sql(ref) else -1
        if ref and ref[0] == "*":
            return self.node_of(frame, ref[1])
        return -1

    def export_node(self, module: Module, name: str) -> Node:
        """The node of a module-level name; made if nothing binds it yet."""
        key = (module.index, name)
        node = self._exports.get(key)
        if node is None:
            ref = module.top.facts.names.get(name, -1)
            node = self.node_of(self._modules[module.index], ref)
            if node < 0:
                node = self.new_node()
                if isinstance(ref, list) and ref[0] == "c" and isinstance(ref[1], dict | list):
                    # Plain data at first, but functions may put something into it.
                    kind = "dict" if isinstance(ref[1], dict) else "list"
                    every = self.new_node()
                    self.put(node, self.values.intern("O", kind, every))
                    for key_inside, text in ref[1].items() if isinstance(ref[1], dict) else ():
                        if isinstance(text, str) and looks_like_sql(text):
                            self.put(self.containers.slot(every, key_inside), self.values.intern("Q", text))
            self._exports[key] = node
        return node

    def free_node(self, scope: Scope, parent: Frame | None, name: str) -> Node:
        """The node for a name that ``scope``, inside ``parent``, does not bind itself, or -1."""
        outer, at = scope.parent, parent
        while outer is not None and at is not None:
            if outer.facts.kind == ScopeKind.MODULE:
                break
            if outer.facts.kind != ScopeKind.CLASS and name in outer.facts.names:
                return self.node_of(at, outer.facts.names[name])
            outer, at = outer.parent, at.parent
        return self.global_node(scope.module, name)

    def global_node(self, module: Module, name: str) -> Node:
        """The node for a module-level or built-in name, or -1."""
        holder = self.program.exporting_module(module, name)
        if holder is not None:
            return self.export_node(holder, name)
        for value in self.names.builtin(name):
            return self.constant(value)
        return -1

    def fields(self, cls: int, name: str) -> Node:
        """The node of an instance attribute: what is stored in it on this class or on an ancestor."""
        key = (cls, name)
        node = self._fields.get(key)
        if node is None:
            node = self._fields[key] = self.new_node()
            for ancestor in self.hierarchy.order(self.program.scopes[cls])[1:]:
                if not ancestor.library:
                    self.edge(self.fields(ancestor.index, name), node)
        return node

    def is_stored(self, cls: Scope, name: str) -> bool:
        """Whether anything is known to be set as this attribute of a class or its ancestors."""
        return any((ancestor.index, name) in self.stored_on for ancestor in self.hierarchy.order(cls))

    def field_of_function(self, function: int, name: str) -> Node:
        """The node of an attribute that is set on a function."""
        node = self.function_fields.get((function, name))
        if node is None:
            node = self.function_fields[function, name] = self.new_node()
        return node

    def plain_function(self, owner: Scope, ref: Ref) -> Scope | None:
        """The function that a ref of a scope is, when it is just an undecorated ``def``.

        In a summary decorators state effects, so they are looked through.
        """
        if type(ref) is not int or ref < 0:
            return None
        key = (owner.index, ref)
        if key not in self._plain_functions:
            self._plain_functions[key] = self._find_plain_function(owner, ref)
        return self._plain_functions[key]

    def _find_plain_function(self, owner: Scope, ref: int) -> Scope | None:
        producers = owner.operations_producing(ref)
        while owner.library and len(producers) == 1 and producers[0][0] == Op.DECORATE and type(producers[0][3]) is int:
            producers = owner.operations_producing(producers[0][3])
        if len(producers) == 1 and producers[0][0] == Op.FUNCTION:
            function: Scope = owner.module.scopes[producers[0][2]]
            return function
        return None

    # Operations

    def _instantiate_library(self, frame: Frame) -> None:
        for operation in frame.scope.facts.ops:
            match operation[0]:
                case Op.FUNCTION:
                    self._function(frame, operation)
                case Op.CLASS:
                    self._class(frame, operation)
                case Op.COPY | Op.DECORATE:
                    source = self.node_of(frame, operation[2 if operation[0] == Op.COPY else 3])
                    if source >= 0:
                        self.edge(source, frame.nodes[operation[1]])
                case Op.IMPORT | Op.FROM | Op.ATTRIBUTE | Op.CALL | Op.ITEM | Op.TYPED:
                    values = self.names.evaluate(frame.scope, operation[1])
                    if values:
                        self.add(frame.nodes[operation[1]], frozenset(values))
                case Op.FREE:
                    node = self.free_node(frame.scope, frame.parent, operation[2])
                    if node >= 0:
                        self.edge(node, frame.nodes[operation[1]])

    def _instantiate(self, frame: Frame) -> None:
        handlers = self._handlers
        for operation in frame.operations:
            handlers[operation[0]](frame, operation)
        if frame.returns >= 0 and (frame.general is None or frame.returns != frame.general.returns):
            self._return(frame)

    def _copy(self, frame: Frame, operation: list[Any]) -> None:
        source = self.node_of(frame, operation[2])
        if source >= 0:
            self.edge(source, frame.nodes[operation[1]])
        elif type(operation[2]) is list and isinstance(operation[2][1], dict | list):
            # Plain data at first, but something else may be put into it.
            kind = "dict" if isinstance(operation[2][1], dict) else "list"
            self.put(frame.nodes[operation[1]], self.values.intern("O", kind, self.new_node()))

    def _attribute(self, frame: Frame, operation: list[Any]) -> None:
        _, dst, base, name, line = operation
        nodes = frame.nodes
        self.watch(nodes[base], attributes.load, self, frame, nodes[dst], name, line)

    def _set_attribute(self, frame: Frame, operation: list[Any]) -> None:
        _, base, name, source, line = operation
        self.watch(frame.nodes[base], attributes.store, self, frame, name, self.node_of(frame, source), line)

    def _item(self, frame: Frame, operation: list[Any]) -> None:
        self.watch(frame.nodes[operation[2]], containers.load_item, self, frame, operation)

    def _set_item(self, frame: Frame, operation: list[Any]) -> None:
        _, base, index, source, line = operation
        self.watch(frame.nodes[base], containers.store_item, self, frame, index, self.node_of(frame, source), line)

    def _iterate(self, frame: Frame, operation: list[Any]) -> None:
        _, dst, base, line = operation
        self.watch(frame.nodes[base], containers.iterate, self, frame, frame.nodes[dst], line)

    def _enter(self, frame: Frame, operation: list[Any]) -> None:
        _, dst, manager, line = operation
        self.watch(frame.nodes[manager], attributes.enter, self, frame, frame.nodes[dst], line)

    def _import(self, frame: Frame, operation: list[Any]) -> None:
        name = self.program.absolute_name(frame.scope.module, operation[2], operation[3])
        self.add(frame.nodes[operation[1]], frozenset(self.names.imported(name)))

    def _free(self, frame: Frame, operation: list[Any]) -> None:
        if not frame.scope.is_function:
            self._free_in_body(frame, operation)

    def _narrow(self, frame: Frame, operation: list[Any]) -> None:
        _, dst, source, annotation = operation
        types = self.promised(frame, annotation)
        self.add_types(frame.nodes[dst], types)
        self.watch(frame.nodes[source], attributes.narrow, self, frame.nodes[dst], types)

    def _typed(self, frame: Frame, operation: list[Any]) -> None:
        self.add_types(frame.nodes[operation[1]], self.promised(frame, operation[2]))

    def _nothing(self, frame: Frame, operation: list[Any]) -> None:
        """What an operation means is known already, without a frame."""

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

    def _free_in_body(self, frame: Frame, operation: list[Any]) -> None:
        name = operation[2]
        if frame.scope.facts.kind == ScopeKind.CLASS:
            node = self.free_node(frame.scope, frame.parent, name)
        else:
            node = self.global_node(frame.scope.module, name)
        if node >= 0:
            self.edge(node, frame.nodes[operation[1]])

    def _set_free(self, frame: Frame, operation: list[Any]) -> None:
        source = self.node_of(frame, operation[2])
        if source < 0:
            return
        target = self.free_node(frame.scope, frame.parent, operation[1])
        if target < 0:
            target = self.export_node(frame.scope.module, operation[1])
        self.edge(source, target)

    def _function(self, frame: Frame, operation: list[Any]) -> None:
        function = frame.scope.module.scopes[operation[2]]
        self.put(frame.nodes[operation[1]], self.values.intern("F", function.index, frame.index))
        if not function.library:
            self.frame(function, frame, self.own_receiver(function))

    def _class(self, frame: Frame, operation: list[Any]) -> None:
        cls = frame.scope.module.scopes[operation[2]]
        meant = self.names.substitutes.get(cls.index, cls.index)
        self.put(frame.nodes[operation[1]], self.values.intern("C", meant, ()))
        if cls.index not in self._classes:
            self._open_class(cls, frame)
            if not cls.library:
                making.make_class(self, frame, cls)

    def _from(self, frame: Frame, operation: list[Any]) -> None:
        target = frame.nodes[operation[1]]
        module_name = self.program.absolute_name(frame.scope.module, operation[2], operation[3])
        module = self.program.by_name.get(module_name)
        if module is not None:
            holder = self.program.exporting_module(module, operation[4])
            if holder is not None:
                self.edge(self.export_node(holder, operation[4]), target)
                return
            if attributes.load_by_module(self, frame, target, module, operation[-1]):
                return
        values = self.names.imported_name(module_name, operation[4])
        if values:
            self.add(target, frozenset(values))

    def _call(self, frame: Frame, operation: list[Any]) -> None:
        site = Site(frame, operation, "call", len(self.sites))
        site.result = frame.nodes[operation[1]]
        site.arguments, site.keywords = operation[3], operation[4]
        self.sites.append(site)
        if self.loading is not None and self.loading.may_load(operation):
            loaded = self.loading.loaded(frame.scope, operation)
            if loaded is not None:
                self._load(site, loaded)
        self.watch(frame.nodes[operation[2]], calls.call, self, site)

    def _load(self, site: Site, loaded: Loaded) -> None:
        """The call gives what its strings name."""
        site.loads = True
        nodes = []
        for targets in loaded.found:
            node = self.new_node()
            nodes.append(node)
            for module, name in targets:
                if name:
                    self.edge(self.export_node(module, name), node)
                else:
                    self.put(node, self.values.intern("M", module.index))
        if loaded.several:
            every = self.new_node()
            for position, node in enumerate(nodes):
                self.edge(node, self.containers.slot(every, position))
            self.put(site.result, self.values.intern("O", "tuple", every))
        else:
            self.edge(nodes[0], site.result)

    def _decorate(self, frame: Frame, operation: list[Any]) -> None:
        site = Site(frame, operation, "decorate", len(self.sites))
        site.result = frame.nodes[operation[1]]
        site.arguments = [operation[3]]
        self.sites.append(site)
        decorator = frame.nodes[operation[2]] if operation[2] >= 0 else -1
        if decorator < 0:
            self.edge(frame.nodes[operation[3]], site.result)
        else:
            self.watch(decorator, calls.call, self, site)

    def _raise(self, frame: Frame, operation: list[Any]) -> None:
        """Raising a class makes an instance of it."""
        _, raised, line = operation
        site = Site(frame, [Op.CALL, -1, raised, [], [], line], "call", len(self.sites))
        self.watch(frame.nodes[raised], calls.raise_class, self, site)

    def _binary(self, frame: Frame, operation: list[Any]) -> None:
        _, dst, left, right, operator, line = operation
        if operator not in self._telling_operators:
            return
        result = frame.nodes[dst]
        if isinstance(left, str):
            text = left + HOLE
            if operator == "add" and looks_like_sql(text):
                self.put(result, self.values.intern("Q", text))
        node = self.node_of(frame, left)
        if node >= 0:
            self.watch(node, attributes.operate, self, frame, result, operator, right, line)
        if type(right) is int and right >= 0:
            self.watch(frame.nodes[right], attributes.operate, self, frame, result, f"r{operator}", left, line)

    def _return(self, frame: Frame) -> None:
        facts = frame.scope.facts
        if facts.yields:
            values = self.containers.of_elements("generator", [self.node_of(frame, ref) for ref in facts.yields])
            self.put(frame.returns, values)
            return
        for ref in facts.returns:
            node = self.node_of(frame, ref)
            if node >= 0:
                self.edge(node, frame.returns)
