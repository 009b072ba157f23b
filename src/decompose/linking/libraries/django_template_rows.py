"""Follows a Django template with the values of its context: which rows are asked for what, through loops and other templates.

Every branch of a template counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property, partial
from typing import NamedTuple

from decompose.facts import Op
from decompose.facts.records import Ref
from decompose.linking.frames import Frame
from decompose.linking.libraries.django_permissions import permissions
from decompose.linking.libraries.django_schema import user_model
from decompose.linking.libraries.django_settings import context_processors
from decompose.linking.libraries.django_template_arguments import Handed, handed_to_filter, handed_to_tag
from decompose.linking.libraries.django_template_names import TemplateNames
from decompose.linking.libraries.django_template_steps import Step, steps_of, uses_of
from decompose.linking.linked import Linked
from decompose.linking.program import Scope
from decompose.linking.values import Value

Read = Callable[[str], str | None]
"""The text of the template of that name."""
Has = Callable[[Scope, Ref, tuple[str, ...]], bool]
"""Whether what a ref of a scope stands for has the related rows along these names already."""

REQUEST, _USER, _PERMISSIONS = "request", "user", "perms"
"""What templates of a request are given besides."""

_ASKED_FOR_USER = f"{REQUEST}.{_USER}."
_INCLUSION_TAG = "django.template:Library.inclusion_tag"
_ASKED = {
    "count": "scan", "exists": "scan", "first": "read", "last": "read", "get": "read", "latest": "read", "earliest": "read",
}  # fmt: skip
_FOLDER = ".templatetags."
_MAX_DEPTH = 6
_MAX_PASSES = 400


class Row(NamedTuple):
    """A value, the relations that were loaded along with it, and where it comes from in the code: a ref and names.

    ``is_query``: of a manager, it stands for the query of all its rows.
    """

    value: Value
    loaded: frozenset[str] = frozenset()
    source: Ref = -1
    path: tuple[str, ...] = ()
    is_query: bool = False


Environment = Mapping[str, frozenset[Row]]

_NONE: frozenset[Row] = frozenset()


def is_called_by_templates(scope: Scope) -> bool:
    """Whether a scope is a tag or a filter of the application's own."""
    module = scope.module
    return scope.is_function and not scope.library and _FOLDER in f".{module.name}." and scope.parent is module.top


class TemplateRows:
    """Follows templates with what is known of their context; for what they give to functions alone, if ``hands_on_only``.

    Without ``has`` it does not matter who renders a template, so that what was followed once is not followed again.
    """

    def __init__(self, linked: Linked, read: Read, has: Has | None = None, *, hands_on_only: bool = False) -> None:
        self.linked = linked
        self.hands_on_only = hands_on_only
        self.has = has
        self.scope: Scope | None = None
        self.engine = linked.engine
        self.values = linked.values
        self.read = read
        self.found: set[tuple[str, Value]] = set()
        self.handed: set[Handed] = set()
        """What tags and filters of the application were given, in all renderings."""
        self._passes = 0
        self._followed: dict[tuple[object, ...], int] = {}
        """A template, its depth and what it is given of what it asks for -> the templates that it led to."""
        self._reached: dict[tuple[frozenset[Row], str], frozenset[Row]] = {}
        self._frames: dict[int, list[frozenset[Value]]] = {}
        self._contexts: dict[int, list[Frame]] = {}
        self._contexts_by: dict[int, Environment] = {}
        self._filters: dict[str, int] = {}
        """What templates may call by its name, filters and tags: functions."""
        self._inclusions: dict[str, tuple[int, str]] = dict(self._inclusion_tags())
        for frame in self.engine.frames:
            scope = frame.scope
            if scope.is_function and not scope.library:
                self._frames.setdefault(scope.index, []).append(self.engine.values_of(frame.returns))
                if scope.facts.name == "get_context_data":
                    self._contexts.setdefault(scope.index, []).append(frame)
                if is_called_by_templates(scope):
                    self._filters[scope.facts.name] = scope.index
        called = {name: linked.program.scopes[index] for name, index in self._filters.items()}
        self._names = TemplateNames(read, called, filtered_only=hands_on_only)

    def _inclusion_tags(self) -> Iterator[tuple[str, tuple[int, str]]]:
        """Tags that show a template with what their function gives: the name, the function and the name of the template."""
        for site in self.linked.sites_calling(_INCLUSION_TAG):
            scope = site.frame.scope
            template = self.linked.constant(scope, site.argument(0, "filename"))
            given = self.linked.keyword(scope, site.operation, "name")
            for decoration in self.linked.decorations(site) if isinstance(template, str) else ():
                for function in self.linked.handlers(decoration, decoration.arguments[0]):
                    name = given if isinstance(given, str) else function.facts.name
                    yield name, (function.index, str(template))

    def add_usual(self, environment: dict[str, frozenset[Row]], request: Ref) -> None:
        """What templates of every request are given: the user, and what functions add that the settings name."""
        user = user_model(self.linked)
        if user is not None:
            row = Row(self.values.instance(user.index), source=request, path=(_USER,))
            environment.setdefault(_USER, frozenset({row}))
            environment.setdefault(_PERMISSIONS, self._permissions)
        for name, rows in self._usual.items():
            environment.setdefault(name, rows)

    @cached_property
    def _permissions(self) -> frozenset[Row]:
        return frozenset(Row(value, path=(_PERMISSIONS,)) for value in permissions(self.linked))

    @cached_property
    def _usual(self) -> dict[str, frozenset[Row]]:
        found: dict[str, frozenset[Row]] = {}
        for function in context_processors(self.linked):
            for value in sorted({v for values in self._frames.get(function.index, ()) for v in values}):
                for name, values in self.entries(value):
                    found[name] = found.get(name, frozenset()) | {Row(v) for v in values}
        return found

    def context_of(self, cls: Scope) -> Environment:
        """What a view of the application adds to its context."""
        found: dict[str, frozenset[Row]] = {}
        for owner in self.linked.hierarchy.order(cls):
            ref = owner.facts.names.get("get_context_data") if not owner.library else None
            function = self.engine.plain_function(owner, ref) if ref is not None else None
            for name, rows in self._context_by(function).items() if function is not None else ():
                found[name] = found.get(name, frozenset()) | rows
        return found

    def _context_by(self, function: Scope) -> Environment:
        """What a function adds to the context, for whichever view it acts; found once, as many views inherit it."""
        known = self._contexts_by.get(function.index)
        if known is None:
            values: dict[str, set[Value]] = {}
            for name, added in self._added_by(function):
                values.setdefault(name, set()).update(added)
            known = {name: frozenset(map(Row, found)) for name, found in values.items()}
            self._contexts_by[function.index] = known
        return known

    def _added_by(self, function: Scope) -> Iterator[tuple[str, frozenset[Value]]]:
        for values in self._frames.get(function.index, ()):
            for value in values:
                yield from self.entries(value)
        for frame in self._contexts.get(function.index, ()):
            for operation in frame.scope.facts.ops:
                if operation[0] == Op.SET_ITEM and isinstance(operation[2], str):
                    yield operation[2], self.engine.values_of(self.engine.node_of(frame, operation[3]))

    def entries(self, value: Value) -> Iterator[tuple[str, frozenset[Value]]]:
        """What a dictionary holds under its constant keys."""
        if self.values[value][0] == "O":
            for key, node in self.engine.containers.keyed(self.values[value][2]):
                if isinstance(key, str):
                    yield key, self.engine.values_of(node)

    def rendered(self, scope: Scope, text: str, environment: Environment) -> list[tuple[str, Value]]:
        """The accesses of one rendering by a scope: an operation and the rows."""
        self.found, self._passes, self.scope = set(), 0, scope
        self._run(steps_of(text), environment, 0)
        return sorted(self.found)

    def gather(self, text: str, environment: Environment) -> None:
        """Add to ``found`` and ``handed`` what a rendering comes to, whoever renders."""
        self._passes = 0
        self._follow(text, environment, 0)

    def _follow(self, text: str, environment: Environment, depth: int) -> None:
        """Run through a template, unless that was done with the same in view."""
        if self.has is not None:
            self._run(steps_of(text), environment, depth)
            return
        given = tuple((name, environment[name]) for name in self._names.asked_by(text) if name in environment)
        key = (text, depth, given)
        passes = self._followed.get(key)
        if passes is not None and self._passes + passes < _MAX_PASSES:
            self._passes += passes
            return
        before = self._passes
        self._run(steps_of(text), environment, depth)
        if self._passes < _MAX_PASSES:
            self._followed[key] = self._passes - before

    def _run(self, steps: tuple[Step, ...], environment: Environment, depth: int) -> None:
        scopes: list[dict[str, frozenset[Row]]] = [dict(environment)]
        for step in steps:
            known = scopes[-1]
            if step.kind == "use":
                self._use(step, known)
            elif step.kind == "for":
                elements = {e for row in self._asked(known, step.path, step.filtered) for e in self._elements(row)}
                scopes.append({**known, **dict.fromkeys(step.names, frozenset(elements))})
            elif step.kind == "open":
                scopes.append(dict(known))
            elif step.kind == "with":
                known[step.names[0]] = self._asked(known, step.path, step.filtered)
            elif step.kind == "end" and len(scopes) > 1:
                scopes.pop()
            elif step.kind == "tag":
                self._tag(step, known, depth)
            elif step.kind in ("include", "extends") and depth < _MAX_DEPTH and self._passes < _MAX_PASSES:
                self._passes += 1
                text = self.read(step.path)
                if text is not None:
                    self._follow(text, known, depth + 1)

    def _use(self, step: Step, known: Environment) -> None:
        if self.hands_on_only and step.filtered not in self._filters:
            return
        for row in self._asked(known, step.path, step.filtered):
            self._evaluate(row, counts=step.filtered in ("length", "length_is"))

    def _tag(self, step: Step, known: dict[str, frozenset[Row]], depth: int) -> None:
        """A tag of the application's own shows a template, or gives something that is known by a name from there on."""
        tag, known_as = step.names
        if tag in self._filters:
            called = self.engine.program.scopes[self._filters[tag]]
            self.handed.update(handed_to_tag(called, step.path, known, partial(self._asked, known)))
        else:
            for use in uses_of(step.path):
                self._use(use, known)
        function, template = self._inclusions.get(tag, (-1, ""))
        if known_as and tag in self._filters:
            known[known_as] = frozenset(Row(v) for values in self._frames.get(self._filters[tag], ()) for v in values)
        text = self.read(template) if template and depth < _MAX_DEPTH and self._passes < _MAX_PASSES else None
        if text is None:
            return
        self._passes += 1
        context: dict[str, frozenset[Row]] = {}
        for returned in self._frames.get(function, ()):
            for value in sorted(returned):
                for name, values in self.entries(value):
                    context[name] = context.get(name, frozenset()) | {Row(v) for v in values}
        self._follow(text, context, depth + 1)

    def _asked(self, known: Environment, path: str, filtered: str) -> frozenset[Row]:
        """The values at the end of a path, after a filter of the application's own."""
        if filtered in self._filters:
            called = self.engine.program.scopes[self._filters[filtered]]
            self.handed.update(handed_to_filter(called, self._asked(known, path, "")))
            return frozenset(Row(v) for values in self._frames.get(self._filters[filtered], ()) for v in values)
        name, *rest = path.removeprefix(f"{REQUEST}." if path.startswith(_ASKED_FOR_USER) else "").split(".")
        rows = known.get(name, _NONE)
        if rest and rows:
            self.found.update(("scan", row.value) for row in rows if row.path == (_PERMISSIONS,))
        for part in rest:
            rows = self._attributes(rows, part)
        return rows

    def _attributes(self, rows: frozenset[Row], name: str) -> frozenset[Row]:
        """What rows give by a name; they are often the same set as before, from which what they run was told then."""
        reached = self._reached.get((rows, name)) if self.has is None else None
        if reached is None:
            reached = frozenset(found for row in rows for found in self._attribute(row, name))
            if self.has is None:
                self._reached[rows, name] = reached
        return reached

    def _attribute(self, row: Row, name: str) -> Iterator[Row]:
        description = self.values[row.value]
        if description[0] == "O":
            yield from (Row(v) for key, values in self.entries(row.value) if key == name for v in values)
            return
        if description[0] != "I":
            return
        cls = self.linked.program.scopes[description[1]]
        if self._is_query(cls):
            yield from self._of_query(row, cls, name)
            return
        if row.value in self.engine.of_large_families:
            for below in sorted(self.engine.large_families.stating(row.value, name)):
                yield from self._attribute(row._replace(value=below), name)
        relation = self.engine.relations.find(cls, name)
        if relation is not None and relation.here:
            target = self.values.instance(relation.target)
            inside = frozenset(n.partition("__")[2] for n in row.loaded if n.startswith(f"{name}__"))
            if not inside and not self._is_there(row, name):
                self.found.add(("read", target))
            yield Row(target, inside, row.source, (*row.path, name))
            return
        if (cls.index, name) in self.engine.contributed:
            for value in self.engine.values_of(self.engine.fields(cls.index, name)):
                yield from self._way_back(row, value, name)
            return
        yield from self._member(cls, name)

    def _is_there(self, row: Row, name: str) -> bool:
        """Whether a row has the related one of this name already."""
        if name in row.loaded:
            return True
        if self.has is None or self.scope is None or row.source == -1:
            return False
        return self.has(self.scope, row.source, (*row.path, name))

    def _way_back(self, row: Row, value: Value, name: str) -> Iterator[Row]:
        """A manager of related rows; or the one row that points here."""
        description = self.values[value]
        cls = self.linked.program.scopes[description[1]] if description[0] == "I" else None
        if cls is None:
            return
        if self._is_query(cls):
            if not any(n == name or n.startswith(f"{name}__") for n in row.loaded):
                yield Row(value)
            return
        for entity in description[2][0] if description[2] else ():
            if not self._is_there(row, name):
                self.found.add(("read", entity))
            yield Row(entity, source=row.source, path=(*row.path, name))

    def _of_query(self, row: Row, cls: Scope, name: str) -> Iterator[Row]:
        description = self.values[row.value]
        if name in ("all", "none", "distinct", "reverse"):
            yield row._replace(is_query=name != "none")
            return
        if name in _ASKED or name.isdigit():
            self._ask(row, _ASKED.get(name, "read"))
            if _ASKED.get(name) != "scan":
                yield from (Row(entity) for entity in (description[2][0] if description[2] else ()))
            return
        given = list(self._member(cls, name))
        of_rows = {g: self._rows_of_query(g) for g in given}
        known = any(rows and rows == self._rows_of_query(row) for rows in of_rows.values())
        for each, rows in of_rows.items():
            # A method that was not looked at for this model gives a query of no rows: it is one of these.
            if rows is not None and not rows:
                yield row
            elif not known or rows is None or rows == self._rows_of_query(row):
                yield each

    def _rows_of_query(self, row: Row) -> tuple[Value, ...] | None:
        """The rows that a query is about; None where it is no query."""
        described = self.values[row.value]
        query = described[0] == "I" and self._is_query(self.linked.program.scopes[described[1]])
        return tuple(described[2][0]) if query and described[2] else () if query else None

    def _member(self, cls: Scope, name: str) -> Iterator[Row]:
        """What a method or a property gives, or what is stored in an attribute."""
        member = self.linked.hierarchy.member(cls, name)
        function = self.engine.function_of(member)
        if function is not None and not function.library:
            for values in self._frames.get(function.index, ()):
                yield from (Row(value) for value in values)
        elif not cls.library and name in self.engine.program.stored_attributes:
            yield from (Row(value) for value in self.engine.values_of(self.engine.fields(cls.index, name)))

    def _is_query(self, cls: Scope) -> bool:
        return any(ancestor.definition == "django.db.models:QuerySet" for ancestor in self.linked.hierarchy.order(cls))

    def _elements(self, row: Row) -> Iterator[Row]:
        description = self.values[row.value]
        if description[0] == "O":
            elements = self.engine.containers.elements(description[1], description[2])
            yield from (Row(value) for value in self.engine.values_of(elements))
        elif description[0] == "I" and description[2]:
            cls = self.linked.program.scopes[description[1]]
            if self._is_query(cls):
                self._ask(row, "read")
                loaded = frozenset(
                    self.values[v][1]
                    for v in (description[2][2] if len(description[2]) > 2 else ())
                    if self.values[v][0] == "D"
                )
                yield from (Row(entity, loaded) for entity in description[2][0])

    def _evaluate(self, row: Row, *, counts: bool) -> None:
        """A query that is shown, or asked whether it has any rows."""
        description = self.values[row.value]
        if description[0] == "I" and description[2] and self._is_query(self.linked.program.scopes[description[1]]):
            is_manager = any(
                a.definition == "django.db.models:Manager"
                for a in self.linked.hierarchy.order(self.linked.program.scopes[description[1]])
            )
            if row.is_query or counts or not is_manager:
                self._ask(row, "read")

    def _ask(self, row: Row, operation: str) -> None:
        """A query is run: its rows are loaded or looked at, what else it touches is looked at."""
        arguments = self.values[row.value][2]
        for position, entities in enumerate(arguments):
            if position in (0, 1, 3) and (position < 2 or operation == "read"):
                self.found.update((operation if position == 0 else "scan", entity) for entity in entities)
