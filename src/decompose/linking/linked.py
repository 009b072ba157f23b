"""The linked program, with the questions that recognisers of libraries ask it."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator

from decompose.facts import Op
from decompose.facts.records import Ref
from decompose.linking.decorated_methods import methods_below
from decompose.linking.effects import effects_of
from decompose.linking.engine import Engine
from decompose.linking.frames import Site
from decompose.linking.generic import hands_on
from decompose.linking.hierarchy import Member
from decompose.linking.origins import Given, Origin, Origins
from decompose.linking.program import Scope
from decompose.linking.put_around import PutAround, put_around
from decompose.linking.seen import Seen
from decompose.linking.site_index import SiteIndex
from decompose.linking.values import Value

_MAX_WRAPPERS = 4


class Linked(Origins):
    """A linked program."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        engine.asked_through.add(self)
        self._leading_to: dict[int, list[Site]] | None = None
        self.seen = Seen(engine)
        self._index: SiteIndex | None = None
        self._application_classes = [cls for cls in self.program.classes() if not cls.library]
        self._decorated_by: dict[int, list[Site]] = {}
        self._decorated_with: dict[int, list[Scope]] = {}
        self._constructions: list[tuple[Site, list[int]]] | None = None
        self.cut_short: set[int] = set()
        """The scopes where more ways part than are followed to their ends."""
        self.left_short: set[int] = set()
        """The functions with calls of what containers hold, of which more come together than are followed."""
        self.untold_routes: set[tuple[int, int]] = set()
        """Scope and line of calls that register a route of which the path or the view is not known."""

    def release(self) -> None:
        """Give the memory back: everything here refers to everything, so that nobody else could without a collection."""
        for module in self.program.modules:
            module.release()
        for part in (*self.engine.asked_through, self.names, self.engine):
            vars(part).clear()

    @property
    def index(self) -> SiteIndex:
        """The calls by what they call, as they were when they were first asked for."""
        if self._index is None:
            self._index = self.engine.site_index
            self._index.update()
        return self._index

    def replaced(self, scope: Scope) -> str:
        """The method of a library that a method of the application takes the place of, or ``""``."""
        return self.engine.site_index.replaced(scope)

    def application_classes(self) -> Iterable[Scope]:
        """The classes of the application, in order."""
        return self._application_classes

    def sites_calling(self, *definitions: str) -> Iterator[Site]:
        """Calls of library functions or classes with these ids (``module:Class.method``).

        A method of the application that takes the place of a library's is given the same.
        """
        found: dict[int, Site] = {}
        for definition in definitions:
            found.update(self.index.of_library.get(definition, {}))
        return (found[number] for number in sorted(found))

    def sites_constructing(self, definition: str) -> Iterator[Site]:
        """Calls that make an object of a library class, or of a class of the application that leaves its making to that."""
        yield from self.sites_calling(definition)
        for site, classes in self.constructions():
            below = (cls for cls in map(self.program.scopes.__getitem__, classes) if self.inherits(cls, definition))
            makers = (self.hierarchy.member(cls, "__init__") for cls in below)
            if any(maker is not None and maker.owner.definition == definition for maker in makers):
                yield site

    def sites_leading_to(self, function: Scope) -> list[Site]:
        """The calls and decorations of the application that lead to a function of its own."""
        return self._index_leading().get(function.index, [])

    def _index_leading(self) -> dict[int, list[Site]]:
        if self._leading_to is None:
            self._leading_to = {}
            for site in self.engine.sites:
                if site.targets and site.kind in ("call", "decorate") and not site.frame.scope.library:
                    for target, _, _ in site.targets:
                        leading = self._leading_to.setdefault(target, [])
                        if leading and leading[-1] is site:
                            continue  # for another receiver
                        leading.append(site)
                        if site.kind == "decorate":
                            self._decorated_by.setdefault(target, []).append(site)
        return self._leading_to

    def attribute_calls(self, definition: str, names: Container[str]) -> Iterator[tuple[Site, str]]:
        """Calls of attributes by some names that instances of a (library) class have only while running, each with the name."""
        for site in self.engine.sites:
            if site.kind == "call" and not site.frame.scope.library:
                for of, name in self._attributes_asked(site.frame.scope, site.operation[2]):
                    values = self.argument_values(site, of) if name in names else ()
                    if any(self.is_instance_of(value, definition) for value in values):
                        yield site, name

    def _attributes_asked(self, scope: Scope, ref: Ref) -> Iterator[tuple[Ref, str]]:
        """The object, and the name, of each attribute that a value may be: ``x.save``, ``getattr(x, "save")``, or a variable for these."""
        waiting = [ref]
        for each in waiting:
            for operation in scope.operations_producing(each):
                code, given = operation[0], list(operation[3]) if operation[0] == Op.CALL else []
                if code == Op.ATTRIBUTE:
                    yield operation[2], operation[3]
                elif code in (Op.COPY, Op.NARROW) and operation[2] not in waiting:
                    waiting.append(operation[2])
                elif len(given) > 1 and isinstance(given[1], str) and self._is_getattr(scope, operation[2]):
                    yield given[0], given[1]

    def _is_getattr(self, scope: Scope, callee: Ref) -> bool:
        return any(
            self.values[v][0] == "X" and self.values[v][2] == "getattr" for v in self.names.evaluate(scope, callee)
        )

    def receiver(self, site: Site) -> Origin | None:
        """Where the object was made whose method a call calls, as far as that can be only one thing."""
        scope = site.frame.scope
        asked = next(iter(scope.attributes_read(site.operation[2])), None)
        return self.origin(scope, asked[0]) if asked is not None else None

    def methods_handed_in(self, site: Site, given: Given) -> list[str]:
        """The method that a call calls, where callers hand that in: ``get`` of ``protected(router.get, "/")``."""
        scope, called = self.callee(site.frame.scope, site.operation, given)
        return [name for _, name in scope.attributes_read(called)] if scope is not site.frame.scope else []

    def decorations(self, site: Site) -> list[Site]:
        """The decorations that use the result of ``site`` as their decorator."""
        return self.index.decorations.get((site.frame.index, site.operation[1]), [])

    def decorated_with(self, decorator: Scope) -> list[Scope]:
        """The functions of the application that a function is applied to as a decorator."""
        known = self._decorated_with.get(decorator.index)
        if known is None:
            known = self._decorated_with[decorator.index] = self._find_decorated_with(decorator)
        return known

    def _find_decorated_with(self, decorator: Scope) -> list[Scope]:
        self._index_leading()
        given = (
            self.engine.values_of(self.engine.node_of(site.frame, site.arguments[0]))
            for site in self._decorated_by.get(decorator.index, ())
        )
        described = (self.values[value] for values in given for value in values)
        found = (self.program.scopes[index] for index in sorted({d[1] for d in described if d[0] == "F"}))
        return [function for function in found if not function.library]

    def external_sites(self, *, kind: str | None = None, ending: str = "") -> Iterator[tuple[Site, str, str]]:
        """Calls of things outside, each with the module and the name of what it calls: one that ends in ``ending``."""
        return iter(self.index.outside(kind, ending))

    def unknown_loads(self) -> Iterator[tuple[Site, str]]:
        """Calls that load something by a name which is not in the code, each with the loader's name.

        A constant name of something outside of the program is no riddle.
        """
        loading = self.engine.loading
        for site in self.engine.sites if loading is not None else ():
            for target, _, kind in site.targets:
                scope = self.program.scopes[target]
                loads = kind == "library" and loading is not None and target in loading.loaders and not site.loads
                if loads and not isinstance(self.constant(site.frame.scope, site.argument(0)), str):
                    yield site, scope.facts.name

    def statements_run(self) -> Iterator[tuple[Site, Ref]]:
        """Calls by which a library runs a statement that it is given, each with the argument."""
        names: dict[int, tuple[int, str] | None] = {}
        for site in self.engine.sites:
            for target, receiver, kind in site.targets if not site.frame.scope.library else ():
                if kind != "library":
                    continue
                if target not in names:
                    names[target] = self._statement_parameter(self.program.scopes[target])
                found = names[target]
                if found is not None:
                    yield site, site.argument(found[0] - (receiver >= 0), found[1])

    def _statement_parameter(self, function: Scope) -> tuple[int, str] | None:
        stated = effects_of(self.engine, function) if function.facts.decorators else []
        given = [p[0] for p in function.facts.parameters]
        return next(((given.index(a[0]), a[0]) for effect, a in stated if effect == "executes" and a[0] in given), None)

    def class_value(self, index: int) -> Value:
        """The class itself as a value."""
        return self.values.intern("C", index, ())

    def constructions(self) -> list[tuple[Site, list[int]]]:
        """The calls in the application that make an instance of a class of its own, with these classes."""
        if self._constructions is None:
            self._constructions = []
            for site in self.engine.sites:
                for _, _, kind in site.targets:
                    if kind == "construct":
                        classes = self.constructed(site) if not site.frame.scope.library else []
                        self._constructions += [(site, classes)] if classes else []
                        break
        return self._constructions

    def constructed(self, site: Site) -> list[int]:
        """The classes of the application of which a call makes an instance, by their index."""
        node = site.operation[2]
        if site.kind != "call" or type(node) is not int or node < 0:
            return []
        if all(kind != "construct" for _, _, kind in site.targets):
            return []
        described = (self.values[value] for value in self.engine.values_of(site.frame.nodes[node]))
        return sorted(d[1] for d in described if d[0] == "C" and not self.program.scopes[d[1]].library)

    def result_is_used(self, site: Site) -> bool:
        """Whether anything is done with what a call gives."""
        return hands_on(site.frame.scope, site.operation[1])

    def attribute_values(self, cls: Scope, name: str) -> frozenset[Value]:
        """The values of a class attribute, as the class body binds it."""
        member = self.hierarchy.member(cls, name)
        if member is None or member.ref is None:
            return frozenset()
        return self.engine.values_of(self.engine.node_of(self.engine.class_frame(member.owner), member.ref))

    def method_below(self, member: Member | None) -> Scope | None:
        """The function that a member is, below whatever decorates it."""
        if member is None or member.ref is None:
            return None
        return self.engine.function_of(member) or member.owner.function_below(member.ref)

    def listed_values(self, values: Iterable[Value]) -> Iterator[Value]:
        """The values, of a list or tuple those in it."""
        for value in values:
            described = self.values[value]
            listed = self.engine.containers.elements(described[1], described[2]) if described[0] == "O" else -1
            yield from (value,) if listed < 0 else self.engine.values_of(listed)

    def argument_values(self, site: Site, ref: Ref) -> frozenset[Value]:
        """The values that an argument may have."""
        return self.engine.values_of(self.engine.node_of(site.frame, ref))

    def is_instance_of(self, value: Value, definition: str) -> bool:
        """Whether a value is an instance of a (library) class."""
        description = self.values[value]
        if description[0] != "I":
            return False
        return self.hierarchy.inherits(self.program.scopes[description[1]], definition)

    def inherits(self, cls: Scope, definition: str) -> bool:
        """Whether a class inherits from a (library) class."""
        return self.hierarchy.inherits(cls, definition)

    def bound_method(self, cls: Scope, name: str, receiver: Value | None = None) -> tuple[Scope, Value] | None:
        """The application's own method of that name, and what it is when asked of an instance, or of the value ``receiver``.

        None where it is a library's, or no function. What decorates it is looked through.
        """
        member = self.hierarchy.member(cls, name)
        function = member.owner.function_below(member.ref) if member is not None else None
        if member is None or function is None or function.library:
            return None
        plain = self.values.intern("F", function.index, self.engine.class_frame(member.owner).index)
        acting = self.values.instance(cls.index) if receiver is None else receiver
        return function, self.values.intern("B", plain, acting)

    def functions_among(self, values: Iterable[Value]) -> Iterator[Scope]:
        """The functions and classes of the application among some values, unbound; view functions as their class."""
        for value in sorted(values):
            description = self.values[value]
            if description[0] == "B":
                description = self.values[description[1]]
            if description[0] == "I":
                for inner in description[2][0] if description[2] else ():
                    if self.values[inner][0] in ("I", "F", "B", "C"):
                        found = self.values[inner]
                        found = self.values[found[1]] if found[0] == "B" else found
                        scope = self.program.scopes[found[1]]
                        if not scope.library:
                            yield scope
            elif description[0] in ("F", "C"):
                scope = self.program.scopes[description[1]]
                if not scope.library:
                    yield scope

    def handlers(self, site: Site, ref: Ref) -> Iterator[Scope]:
        """The functions and classes that a framework is given, seen through the decorators around them."""
        yield from self._handlers(site, ref, _MAX_WRAPPERS)

    def _handlers(self, site: Site, ref: Ref, depth: int) -> Iterator[Scope]:
        found = list(self.functions_among(self.argument_values(site, ref)))
        origin = self.origin(site.frame.scope, ref)
        if origin is not None and origin.operation[0] in (Op.FUNCTION, Op.CLASS):
            scope = origin.scope.module.scopes[origin.operation[2]]
            if not scope.library:
                yield scope
                return
        below = methods_below(self, site, origin, found) if origin is not None else []
        if below:
            yield from below
            return
        around = put_around(self, origin) if depth and origin is not None and origin.operation[0] == Op.CALL else None
        if around is not None and origin is not None:
            yield from self._wrapped(site, origin, around, depth)
            return
        # ``wrap(view)``: the wrapper is a function made inside another; what it wraps is the handler.
        wrapped = all(scope.parent is not None and scope.parent.is_function for scope in found)
        if depth and wrapped and origin is not None and origin.operation[0] == Op.CALL:
            holder = Site(self.engine.module_frame(origin.scope.module), origin.operation, "call")
            if origin.scope is site.frame.scope:
                holder.frame = site.frame
            made_by = self._class_called(origin, holder if not found else None)
            if made_by is not None:
                yield made_by
                return
            if holder.frame.scope is origin.scope:
                for argument in origin.operation[3]:
                    inner = list(self._handlers(holder, argument, depth - 1))
                    if inner:
                        yield from inner
                        return
                objects = [cls for argument in origin.operation[3] for cls in self.objects_called(holder, argument)]
                if objects:
                    yield from objects
                    return
        yield from found

    def _wrapped(self, site: Site, origin: Origin, around: PutAround, depth: int) -> Iterator[Scope]:
        """What a call puts a function around; the function itself where that is nothing that is known."""
        here = site.frame if origin.scope is site.frame.scope else self.engine.module_frame(origin.scope.module)
        holder = Site(here, origin.operation, "call")
        known = around.arguments if here.scope is origin.scope else []
        found = [list(self._handlers(holder, argument, depth - 1)) for argument in known]
        some = [inner for inner in found if inner]
        yield from (each for inner in (some if around.calls_them else some[:1]) for each in inner)
        if not some:
            yield from around.made

    def objects_called(self, site: Site, ref: Ref) -> Iterator[Scope]:
        """Objects that are given to be called, each by what it does then: its class, where a library's base says that."""
        for value in sorted(self.argument_values(site, ref)):
            description = self.values[value]
            if description[0] == "I" and not description[2]:
                cls = self.program.scopes[description[1]]
                member = self.hierarchy.member(cls, "__call__")
                function = self.engine.function_of(member)
                if not cls.library:
                    yield function if function is not None and not function.library else cls

    def _class_called(self, origin: Origin, site: Site | None) -> Scope | None:
        """The class of the application whose own method a call calls: what it gives wraps an object of the class.

        With the ``site`` of the call, also a class that is kept in an attribute.
        """
        for operation in origin.scope.operations_producing(origin.operation[2]):
            if operation[0] != Op.ATTRIBUTE:
                continue
            values = self.names.evaluate(origin.scope, operation[2])
            if not values and site is not None and site.frame.scope is origin.scope:
                values = tuple(sorted(self.argument_values(site, operation[2])))
            for value in values:
                description = self.values[value]
                cls: Scope | None = self.program.scopes[description[1]] if description[0] == "C" else None
                if cls is not None and not cls.library:
                    return cls
        return None
