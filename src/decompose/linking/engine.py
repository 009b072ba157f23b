"""Bodies become constraints: a frame is one instantiation of a scope, for one receiver."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

from decompose.defects import told_defect
from decompose.facts import HOLE, Op, ScopeKind
from decompose.facts.records import Ref
from decompose.linking import making, operators, special_methods
from decompose.linking.attributes import reading, writing
from decompose.linking.by_use import MAX_ROUNDS, ByUse
from decompose.linking.calls import construction, following, outside
from decompose.linking.catch_alls import CatchAlls
from decompose.linking.containers import elements, items, iteration
from decompose.linking.effects import ParameterPlan
from decompose.linking.frames import Frame, Site
from decompose.linking.framing import CALLS_SHARE, CLONED_SHARE, MIN_BUDGET, MIN_CALLS, Framing
from decompose.linking.loading import Loaded, Loading
from decompose.linking.named_loads import NamedLoads
from decompose.linking.names import Names
from decompose.linking.open_bases import OpenBases
from decompose.linking.program import Program, Scope
from decompose.linking.references import References
from decompose.linking.relations import Relations
from decompose.linking.solver import Node
from decompose.linking.sql_text import looks_like_sql
from decompose.linking.values import Value, Values
from decompose.sources import DeclaredEntry

_Found = TypeVar("_Found")

_KEEPING_OPERATORS = frozenset({"add", "iadd", "mod", "mul", "or", "ior", "delattr", "sent", "returned"})
"""Operators that say something about SQL text, containers, generators and properties too."""


class Engine(Framing):
    """Links a program: which values reach which nodes, and with that who calls whom."""

    loading: Loading | None = None

    def __init__(self, program: Program, values: Values, names: Names) -> None:
        super().__init__(program, values, names)
        self.sites: list[Site] = []
        self.failures: list[tuple[Frame | None, int, str]] = []
        """Where this program itself failed, and how."""
        self.implicit_calls: set[tuple[int, Value, int, str, int, Value]] = set()
        self.wired: dict[tuple[int, Value, int, str, int, Value], str] = {}
        """The implicit calls that a framework makes, each with what leads there."""
        self.attribute_stores: list[tuple[Frame, Value, str, int]] = []
        """Where attributes are set: on what, and the name, empty where it is not known."""
        self.accesses: set[tuple[int, Value, str, Value, str, str, int]] = set()
        self.assumed: set[tuple[int, Value, str, Value, str, str, int]] = set()
        """The accesses that rest on the name of a parameter."""
        self.sql_uses: set[tuple[int, Value, Value, str, int]] = set()
        self.sql_texts: set[tuple[int, Value, Value, int]] = set()
        self.registrations: set[tuple[int, Value, str, str, int, int]] = set()
        self.containers = elements.Containers(self)
        self.references = References(program)
        self.relations = Relations(program, values)
        self.named_loads = NamedLoads(self)
        self.open_bases = OpenBases(self)
        self.catch_alls = CatchAlls(self)
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
        self.declared: tuple[DeclaredEntry, ...] = ()
        self.known_by_use: set[tuple[int, str]] = set()
        """Scopes with objects that are known by their use only, each with the summary's module that they are of."""
        self.special_names: set[str] = set()
        self._telling_operators: frozenset[str] = frozenset()
        self._handlers = [handlers[op] for op in sorted(Op)]
        self.outside_members: dict[tuple[Value, str], frozenset[Value]] = {}
        self.bound_methods: dict[tuple[Value, str], frozenset[Value]] = {}
        self.plain_results: dict[tuple[int, Value], frozenset[Value]] = {}
        self.metaclasses: dict[int, Scope | None] = {}
        self.enumerations: dict[int, bool] = {}
        self.field_functions: dict[tuple[int, str], list[tuple[str, Scope, Ref]]] = {}
        self.namespaces: dict[Node, int] = {}
        """What a metaclass is given of the body of a class -> that class."""
        self._made_by: dict[int, Node] = {}
        self.passed_outside: list[tuple[Site, Ref, bool]] = []
        self._channels: dict[Value, Node] = {}
        self.library_plans: dict[int, ParameterPlan] = {}
        self.contributed: set[tuple[int, str]] = set()
        self.contributors: list[Callable[[Engine], None]] = []
        self.library_effects: dict[int, list[tuple[str, list[Any]]]] = {}

    # The whole program

    def link(self) -> None:
        """Instantiate everything and propagate."""
        own = sum(len(scope.facts.ops) for scope in self.program.scopes if not scope.library)
        self.special_names = {n for cls in self.program.classes() for n in cls.facts.names if n.startswith("__")}
        self._telling_operators = _KEEPING_OPERATORS | operators.operators_of(self.special_names)
        self._budget = MIN_BUDGET + CLONED_SHARE * own
        self._calls_left = MIN_CALLS + CALLS_SHARE * own
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
        self.catch_alls.open = True
        self._settle()
        self._inherit_methods()
        self._settle()
        self._inherit_fields()
        self._settle()
        self._hand_through()
        self._settle()
        self._inherit_fields()
        self._settle()
        self._assume_bounds()
        self._settle()
        by_use = ByUse(self)
        for _ in range(MAX_ROUNDS):
            if not by_use.find():
                break
            self._settle()
        self.catch_alls.forget_mistaken()
        outside.tell_passed_outside(self)
        outside.tell_passed_to_unknown(self)

    def _hand_through(self) -> None:
        """A decorator of which nothing is known most often returns what it was given."""
        for site in self.sites:
            if site.kind == "decorate" and not site.targets and not site.external:
                node = self.node_of(site.frame, site.arguments[0])
                if node >= 0:
                    self.edge(node, site.result)

    def contribute(self, cls: int, name: str, value: Value) -> None:
        """A library puts an attribute on a class that its code does not show, such as the way back of a key."""
        self.program.stored_attributes.add(name)
        self.contributed.add((cls, name))
        self.put(self.inherited_fields(cls, name), value)

    def _settle(self) -> None:
        while True:
            self.run()
            if not self._waiting:
                if self.catch_alls.answer():
                    continue
                return
            waiting, self._waiting = self._waiting, []
            for frame in waiting:
                self._instantiate(frame)

    def settle(self) -> None:
        """Propagate what was added from outside."""
        self._settle()
        outside.tell_passed_outside(self)
        outside.tell_passed_to_unknown(self)

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
            try:
                handlers[operation[0]](frame, operation)
            except Exception as problem:  # noqa: BLE001 - one place that fails must not end the run
                self._failed_at(frame, operation[-1], problem)
        if frame.returns >= 0 and (frame.general is None or frame.returns != frame.general.returns):
            self._return(frame)

    def _copy(self, frame: Frame, operation: list[Any]) -> None:
        source = self.node_of(frame, operation[2])
        if source >= 0:
            self.edge(source, frame.nodes[operation[1]])
        elif type(operation[2]) is list and isinstance(operation[2][1], dict | list):
            # Plain data at first, but something else may be put into it.
            self.put(frame.nodes[operation[1]], self.containers.of_constant(operation[2]))

    def _attribute(self, frame: Frame, operation: list[Any]) -> None:
        _, dst, base, name, line = operation
        nodes = frame.nodes
        self.watch(nodes[base], reading.load, self, frame, nodes[dst], name, line, nodes[base])

    def _set_attribute(self, frame: Frame, operation: list[Any]) -> None:
        _, base, name, source, line = operation
        self.watch(frame.nodes[base], writing.store, self, frame, name, self.node_of(frame, source), line)

    def _item(self, frame: Frame, operation: list[Any]) -> None:
        self.watch(frame.nodes[operation[2]], items.load_item, self, frame, operation)

    def _set_item(self, frame: Frame, operation: list[Any]) -> None:
        _, base, index, source, line = operation
        self.watch(frame.nodes[base], items.store_item, self, frame, index, self.node_of(frame, source), line)

    def _iterate(self, frame: Frame, operation: list[Any]) -> None:
        _, dst, base, line = operation
        self.watch(frame.nodes[base], iteration.iterate, self, frame, frame.nodes[dst], line)

    def _enter(self, frame: Frame, operation: list[Any]) -> None:
        _, dst, manager, line = operation
        self.watch(frame.nodes[manager], special_methods.enter, self, frame, frame.nodes[dst], line)

    def _import(self, frame: Frame, operation: list[Any]) -> None:
        name = self.program.absolute_name(frame.scope.module, operation[2], operation[3])
        self.add(frame.nodes[operation[1]], frozenset(self.names.imported(name)))

    def _free(self, frame: Frame, operation: list[Any]) -> None:
        if not frame.scope.is_function:
            self._free_in_body(frame, operation)

    def _narrow(self, frame: Frame, operation: list[Any]) -> None:
        _, dst, source, annotation = operation
        types = self.promised(frame, annotation)
        if not types:  # a class that is not known passes everything
            self.edge(frame.nodes[source], frame.nodes[dst])
            return
        self.add_types(frame.nodes[dst], types)
        self.watch(frame.nodes[source], special_methods.narrow, self, frame.nodes[dst], types)

    def _typed(self, frame: Frame, operation: list[Any]) -> None:
        self.add_types(frame.nodes[operation[1]], self.promised(frame, operation[2]))

    def _nothing(self, frame: Frame, operation: list[Any]) -> None:
        """What an operation means is known already, without a frame."""

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
        if cls.facts.bases and not cls.library:
            self.open_bases.note(frame, cls)
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
            if reading.load_by_module(self, frame, target, module, operation[4], operation[-1]):
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
        self.watch(frame.nodes[operation[2]], following.call, self, site)

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
            self.watch(decorator, following.call, self, site)

    def _raise(self, frame: Frame, operation: list[Any]) -> None:
        """Raising a class makes an instance of it."""
        _, raised, line = operation
        site = Site(frame, [Op.CALL, -1, raised, [], [], line], "call", len(self.sites))
        self.watch(frame.nodes[raised], construction.raise_class, self, site)

    def _binary(self, frame: Frame, operation: list[Any]) -> None:
        _, dst, left, right, operator, line = operation
        if operator not in self._telling_operators:
            return
        result = frame.nodes[dst]
        if operator == "sent" and frame.returns >= 0:
            self.edge(self.containers.sent(self.containers.of_generator(frame.returns)), result)
            return
        if isinstance(left, str):
            text = left + HOLE
            if operator == "add" and looks_like_sql(text):
                self.put(result, self.values.intern("Q", text))
        node = self.node_of(frame, left)
        if node >= 0:
            self.watch(node, operators.operate, self, frame, result, operator, right, line, node)
        if type(right) is int and right >= 0:
            node = frame.nodes[right]
            self.watch(node, operators.operate, self, frame, result, f"r{operator}", left, line, node)

    def failed(self, arguments: tuple[Any, ...], problem: Exception) -> None:
        """Told for the place that the arguments show, if they show one."""
        site = next((a for a in arguments if isinstance(a, Site)), None)
        frame = site.frame if site is not None else next((a for a in arguments if isinstance(a, Frame)), None)
        self._failed_at(frame, site.line if site is not None else 0, problem)

    def safely(self, find: Callable[[], Iterable[_Found]]) -> Iterator[_Found]:
        """What a recogniser finds, until it fails."""
        try:
            yield from find()
        except Exception as problem:  # noqa: BLE001 - one recogniser that fails must not end the run
            self._failed_at(None, 0, problem)

    def attempt(self, step: Callable[[], _Found], otherwise: _Found, site: Site | None = None) -> _Found:
        """What a step gives; ``otherwise``, and a failure at the site, where it fails."""
        try:
            return step()
        except Exception as problem:  # noqa: BLE001 - one step that fails must not end the run
            self.failed((site,), problem)
            return otherwise

    def _failed_at(
        self, frame: Frame | None, line: Any, problem: Exception
    ) -> None:  # Any: the last part of an operation
        self.failures.append((frame, line if isinstance(line, int) else 0, told_defect(problem)))

    def _return(self, frame: Frame) -> None:
        facts = frame.scope.facts
        if facts.yields:
            every = self.containers.of_generator(frame.returns)
            for refs, target in ((facts.yields, every), (facts.returns, self.containers.results(every))):
                for ref in refs:
                    node = self.node_of(frame, ref)
                    if node >= 0:
                        self.edge(node, target)
            self.put(frame.returns, self.values.intern("O", "generator", every))
            return
        for ref in facts.returns:
            node = self.node_of(frame, ref)
            if node >= 0:
                self.edge(node, frame.returns)
