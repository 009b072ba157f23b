"""Where values are kept: the nodes of names, attributes and refs, and what types put into them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from decompose.facts import Op, ScopeKind
from decompose.facts.records import Ref
from decompose.linking.frames import Frame
from decompose.linking.hierarchy import Hierarchy, Member
from decompose.linking.names import Names
from decompose.linking.program import Module, Program, Scope
from decompose.linking.ranks import Ranks
from decompose.linking.solver import Node, Solver
from decompose.linking.sql_text import beginning, begins_elsewhere, looks_like_sql
from decompose.linking.values import OWN, Types, Value, Values

if TYPE_CHECKING:
    from decompose.linking.containers.elements import Containers

ITEMS = "[]"
"""In the place of an attribute's name: what an object holds that is a list or a table itself."""

MAX_POSSIBLE_SUBCLASSES = 40
"""A declared type with more subclasses than this stands for itself only (see `LargeFamilies`)."""


class Places(Solver):
    """The constraint graph with the program's names and types."""

    hierarchy: Hierarchy
    containers: Containers

    def __init__(self, program: Program, values: Values, names: Names) -> None:
        super().__init__(values.faint, Ranks(program, values))
        self.program = program
        self.values = values
        self.names = names
        self._modules: dict[int, Frame] = {}
        self._own_receivers: dict[int, Value] = {}
        self._standing: dict[Types, frozenset[Value]] = {}
        self.of_large_families: set[Value] = set()
        """Declared values with too many subclasses for each of these to stand for them."""
        self._plain_functions: dict[tuple[int, int], Scope | None] = {}
        self.stored_on: dict[str, set[int]] = {}
        """Attribute -> the classes that it is set on."""
        self.function_fields: dict[tuple[int, str], Node] = {}
        self.fields_outside: dict[tuple[Value, str], Node] = {}
        self._fields: dict[tuple[int, str], Node] = {}
        self.made_bare: set[int] = set()
        """Generic classes of which objects are made with nothing that says their type arguments."""
        self._fields_of_type: dict[tuple[Value, str], Node] = {}
        self._typed_fields: dict[tuple[int, str], list[Node]] = {}
        self._inherited_fields: dict[tuple[int, str], Node] = {}
        self._exports: dict[tuple[int, str], Node] = {}
        self._gone_on: dict[Node, Node] = {}
        """Where text may come from -> the SQL text among that."""

    def node_of(self, frame: Frame, ref: Ref) -> Node:
        """The node of a ref in a frame, or -1 for data."""
        if type(ref) is int:
            return frame.nodes[ref] if ref >= 0 else -1
        if type(ref) is str:
            if looks_like_sql(ref):
                return self.constant(self.values.intern("Q", ref))
            return self._going_on(frame, ref) if begins_elsewhere(ref) else -1
        if ref and ref[0] == "*":
            return self.node_of(frame, ref[1])
        return -1

    def _going_on(self, frame: Frame, text: str) -> Node:
        """SQL text that goes on where another one ends, ``f"{query} LIMIT {count}"``: that one is what tells its tables."""
        source = self.node_of(frame, beginning(frame.scope.facts.templates, text))
        if source < 0:
            return -1
        node = self._gone_on.get(source)
        if node is None:
            node = self._gone_on[source] = self.new_node()
            self.watch(source, _pass_sql, self, node)
        return node

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
                    self.put(node, self.containers.of_constant(ref))
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
        if name in module.own_submodules:
            return self.constant(self.values.intern("M", self.program.by_name[f"{module.name}.{name}"].index))
        for value in self.names.builtin(name) or self.names.by_star(module, name):
            return self.constant(value)
        return -1

    def fields(self, cls: int, name: str) -> Node:
        """The node of an instance attribute: what objects of this class have in it."""
        key = (cls, name)
        node = self._fields.get(key)
        if node is None:
            node = self._fields[key] = self.new_node()
            for ancestor in self.hierarchy.order(self.program.scopes[cls]):
                inherited = self._inherited_fields.get((ancestor.index, name))
                if inherited is not None:
                    self.edge(inherited, node)
        return node

    def fields_of(self, value: Value, name: str) -> Node:
        """The node of an attribute of an object; objects of a generic class are told apart by their type arguments."""
        _, cls, arguments, *_ = self.values[value]
        if not arguments or self.program.scopes[cls].library:
            return self.fields(cls, name)
        key = (self.values.instance(cls, arguments), name)
        node = self._fields_of_type.get(key)
        if node is None:
            node = self._fields_of_type[key] = self.new_node()
            self._typed_fields.setdefault((cls, name), []).append(node)
            self.edge(node, self.fields(cls, name))
            for ancestor in self.hierarchy.order(self.program.scopes[cls]):
                inherited = self._inherited_fields.get((ancestor.index, name))
                if inherited is not None:
                    self.edge(inherited, node)
        return node

    def inherited_fields(self, cls: int, name: str) -> Node:
        """The node of what is stored in an attribute of a class, or of an object that may be of any of its subclasses."""
        key = (cls, name)
        node = self._inherited_fields.get(key)
        if node is None:
            node = self._inherited_fields[key] = self.new_node()
            for index in (cls, *(below.index for below in self.hierarchy.subclasses.get(cls, ()))):
                if (index, name) in self._fields:
                    self.edge(node, self._fields[index, name])
                for typed in self._typed_fields.get((index, name), ()):
                    self.edge(node, typed)
        return node

    def is_own(self, frame: Frame, value: Value) -> bool:
        """Whether a value is the very object that a method is looked at for."""
        scope: Frame | None = frame
        while scope is not None and scope.receiver < 0:
            scope = scope.parent
        return scope is not None and scope.receiver == value and self.values[value][0] == "I"

    def _inherit_fields(self) -> None:
        """What nothing is known of in objects of a class is what its nearest ancestor has.

        A method stores for the class that it is looked at for, so that a generic class may be told apart by its subclasses.
        Where it was not looked at for a subclass, what it stored for the class itself is the best that is known.
        """
        for (cls, name), node in sorted(self._fields.items()):
            if self.values_of(node):
                continue
            for ancestor in self.hierarchy.order(self.program.scopes[cls])[1:]:
                above = self._fields.get((ancestor.index, name), -1) if not ancestor.library else -1
                if above >= 0 and self.values_of(above):
                    self.edge(above, node)
                    break
        for (cls, name), nodes in sorted(self._typed_fields.items()):
            for node in nodes:
                if cls in self.made_bare or not self.values_of(node):
                    whole = self._fields[cls, name]
                    self.containers.merge(whole, node) if name == ITEMS else self.edge(whole, node)

    def is_stored(self, cls: Scope, name: str) -> bool:
        """Whether anything is known to be set as this attribute of a class or its ancestors."""
        classes = self.stored_on.get(name)
        return classes is not None and not classes.isdisjoint(self.hierarchy.family(cls))

    def field_of_function(self, function: int, name: str) -> Node:
        """The node of an attribute that is set on a function."""
        node = self.function_fields.get((function, name))
        if node is None:
            node = self.function_fields[function, name] = self.new_node()
        return node

    def field_outside(self, value: Value, name: str) -> Node:
        """The node of an attribute that is set on what a package outside holds under a name: on ``flask.request``."""
        node = self.fields_outside.get((value, name))
        if node is None:
            node = self.fields_outside[value, name] = self.new_node()
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

    def function_of(self, member: Member | None) -> Scope | None:
        """The function that a member of a class is, as `plain_function` says; None also where there is no such member."""
        return self.plain_function(member.owner, member.ref) if member is not None else None

    def _find_plain_function(self, owner: Scope, ref: int) -> Scope | None:
        producers = owner.operations_producing(ref)
        while owner.library and len(producers) == 1 and producers[0][0] == Op.DECORATE and type(producers[0][3]) is int:
            producers = owner.operations_producing(producers[0][3])
        if len(producers) == 1 and producers[0][0] == Op.FUNCTION:
            function: Scope = owner.module.scopes[producers[0][2]]
            return function
        return None

    # Types

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
        own = self.values.instance(description[1], description[2], declared=True)
        bindings = {
            **self.hierarchy.bindings(cls, description[2], scope.scope.parent),
            "Self": (instance,),
            OWN: (own,),
        }
        variable = self.names.own_variable(scope.scope)
        if variable:
            bindings[variable] = (own if description[0] == "C" else instance,)
        return bindings

    def promised(self, frame: Frame, annotation: list[Any]) -> Types:
        """The values that an annotation promises, in a frame."""
        types = self.names.types(frame.scope, annotation)
        if self.values.open_types.isdisjoint(types):
            return types
        bounds = self.names.bounds(frame.scope.module)
        telling = {name: bound for name, bound in bounds.items() if not any(map(self._is_of_large_family, bound))}
        return self.values.substitute(types, {**telling, **self.bindings_of(frame)})

    def _is_of_large_family(self, value: Value) -> bool:
        """Whether a value is of a class that so many inherit from that it says nothing to be of one of them."""
        described = self.values[value]
        below = self.hierarchy.subclasses.get(described[1], ()) if described[0] in ("I", "C") else ()
        return len(below) > MAX_POSSIBLE_SUBCLASSES

    def add_types(self, node: Node, types: Types) -> None:
        """Add declared types to a node: each with the subclasses that may stand for it, when they are few."""
        if types:
            self.add(node, self.standing_for(types))

    def standing_for(self, types: Types) -> frozenset[Value]:
        """`with_subclasses`, remembered."""
        known = self._standing.get(types)
        if known is None:
            known = self._standing[types] = self.shared(self.with_subclasses(types))
        return known

    def with_subclasses(self, types: Types) -> list[Value]:
        """Declared instances, and the instances of the application's subclasses that may stand for them."""
        result: list[Value] = []
        for value in types:
            if value in self.values.open_types:
                continue
            result.append(value)
            description = self.values[value]
            if self.values.is_declared(value) and not self.program.scopes[description[1]].library:
                subclasses = self.hierarchy.subclasses.get(description[1], ())
                if len(subclasses) > MAX_POSSIBLE_SUBCLASSES:
                    self.of_large_families.add(value)
                    continue
                fitting = [cls for cls in subclasses if not description[2] or self._fits(cls, description)]
                if description[0] == "I":
                    result += (self.values.instance(cls.index, (), declared=True) for cls in fitting)
                else:
                    result[-1] = self.values.intern("C", *description[1:3])
                    result += (self.values.intern("C", cls.index, ()) for cls in fitting)
        return result

    def _fits(self, cls: Scope, declared: tuple[Any, ...]) -> bool:
        """Whether a subclass fixes the type arguments as they are declared, or leaves them open."""
        ancestor = self.program.scopes[declared[1]]
        fixed = self.hierarchy.bindings(cls, (), ancestor)
        for name, wanted in zip(self.names.inheritance.type_parameters(ancestor), declared[2], strict=False):
            given = {self.values[value][:2] for value in fixed.get(name, ())}
            if given and wanted and given.isdisjoint(self.values[value][:2] for value in wanted):
                return False
        return True

    def own_receiver(self, function: Scope) -> Value:
        """The value of ``self`` or ``cls`` when nothing more is known: the class that defines the method."""
        known = self._own_receivers.get(function.index)
        if known is None:
            known = -1
            known_for_nobody = function.facts.flavour == "static" or function.facts.name == "__init_subclass__"
            if function.is_method and not known_for_nobody and function.parent is not None:
                known = self.values.instance(function.parent.index)
                of_class = function.facts.flavour in ("class", "expression") or function.facts.name == "__new__"
                known = self.values.class_of(known) if of_class else known
            self._own_receivers[function.index] = known
        return known


def _pass_sql(new: frozenset[Value], places: Places, node: Node) -> None:
    for value in new:
        if places.values[value][0] == "Q":
            places.put(node, value)
