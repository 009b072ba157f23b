"""What the summary of a library function states: effects, and what an argument in each place tells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from decompose.facts import Op
from decompose.facts.records import ParameterKind
from decompose.linking.found_once import found_once
from decompose.linking.values import Types, Value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from decompose.linking.engine import Engine
    from decompose.linking.program import Scope

ALONG = ", along with others"
"""Ends the rule of an access to what a statement touches besides the rows that it is about."""

IF_THERE = ", if there are such rows"
"""Before that in the rule, where the statement is sent only if another one has found rows to which it applies."""

BEGINS = " begins with "
"""In the rule of a call that makes the query which a library's method, named before it, goes on with."""

WHEN_ASKED = " when it is asked to"
"""Ends the rule of a call that a library makes on an object only where a method of that object is called."""

HOOK = "a hook that "
"""Begins the rule of a call that a library makes on the objects of a class derived from one of its own."""

ON_EACH_REQUEST = " on each request"
"""Ends the rule of a hook that is called whatever method of the class answers."""

ANSWERING = ", answering by "
"""In the rule of a hook that is called only where the library's methods behind it answer."""

AFTER_COMMIT = "runs after the transaction is committed"
"""The rule of a call that a transaction puts off until its end, and that is not inside it."""

WHERE_INSERTED, WHERE_UPDATED = " of a row that is inserted", " of a row that is updated"
"""In the rule of a hook that runs only where what saves a row inserts it, or updates it."""

BY_LIBRARY = " calls it"
"""Ends the rule of a call that a library's method makes, which the code calls; the method stands before it."""

BY_SETTINGS = "; settings choose the class"
"""Ends the rule of a call of which the code does not say whose method runs: it is inferred."""

TAKEN_FOR = ", of what is taken for a query"
"""In the rule of an access by an object whose class a summary says to be taken for granted: ``__is_taken_for_granted__ = True``."""

SHOWN = "shown by the template"
"""Begins the rule of an access that a template asks for."""

ASKED_BY = "asked by the template"
"""Begins the rule of what a template asks for; the place in the template follows."""

CHOICES = "choices of the field"
"""Begins the rule of rows among which a form lets choose."""

COPY = "copy"
"""The operation of what only copies a row into the table that its class keeps copies in."""

DECLARED = frozenset(
    {"validates", "saves_relations", "replaces_relations", "loads_relations", "offers_choices", "represents"}
)
"""Effects of which only the class of a form or a serializer tells what they do."""

EACH = "each"
"""How the rule begins of what happens to each of several tables, not to one of them: ``each of fixtures/start.json``."""

RENDERED = "query given to a template"
"""The rule of an access by a query that runs when a template is rendered, if the template uses it."""

_ACCESS_EFFECTS = {
    "reads": "read",
    "inserts": "insert",
    "updates": "update",
    "deletes": "delete",
    "scans": "scan",
    "copies": COPY,
    "collects": "collect",
    "cascades": "cascade",
    "cascades_of_query": "cascade_of_query",
}


class Parameter(NamedTuple):
    """What an argument in this place tells.

    ``wanted``: the type variables that it binds. ``executed``: it is run. ``called_back``: it is called, with values of
    these type variables. ``special``: its special methods of these names are called. ``run``: what it is, or the name of,
    is run with the arguments behind it, by this kind of call; ``packed``: with those in the arguments of these names.
    ``rendered``: queries in it are run. ``entered``: it is the manager of a block. ``supplied``: it is a function that the
    arguments behind it are kept for. ``drawn``: it is called if it is a function. ``put_into``: it becomes an element of the argument
    of this name. ``naming``: a text in its place is a name. ``given``: whatever is in its place is one,
    and what stands for it.
    """

    wanted: Types
    executed: bool
    called_back: tuple[str, ...] | None
    special: tuple[str, ...]
    run: str = ""
    rendered: bool = False
    entered: bool = False
    supplied: bool = False
    packed: tuple[str, ...] = ()
    drawn: bool = False
    put_into: str = ""
    naming: bool = False
    given: Types = ()


_TELLS_NOTHING = Parameter((), executed=False, called_back=None, special=())


class ParameterPlan(NamedTuple):
    """The parameters of a summarised function; None where an argument tells nothing."""

    positional: list[Parameter | None]
    star: Parameter | None
    by_name: dict[str, Parameter]
    double_star: Parameter | None
    telling: bool
    laid_out: str
    """The type variable that stands for rows of several classes, too."""


def _is_name(engine: Engine, value: Value, definition: str = "") -> bool:
    described = engine.values[value]
    cls = engine.program.scopes[described[1]] if described[0] == "I" else None
    return bool(cls is not None and cls.module.name == "decompose" and definition in ("", cls.definition))


@found_once
def parameter_plan(engine: Engine, function: Scope) -> ParameterPlan:
    """The plan of a function."""
    effects = effects_of(engine, function)
    positional: list[Parameter | None] = []
    star: Parameter | None = None
    double_star: Parameter | None = None
    by_name: dict[str, Parameter] = {}
    for name, _, annotation, _, kind in function.facts.parameters:
        types = engine.names.types(function, annotation) if annotation is not None else ()
        told = Parameter(
            tuple(value for value in types if value in engine.values.open_types),
            any(effect == "executes" and name in arguments for effect, arguments in effects),
            next((tuple(a[1:]) for effect, a in effects if effect == "calls_back" and a[0] == name), None),
            next((tuple(a[1:]) for effect, a in effects if effect == "asks" and a[0] == name), ()),
            next((str(a[1]) for effect, a in effects if effect == "runs" and a[0] == name), ""),
            any(effect == "renders" and name in arguments for effect, arguments in effects),
            any(effect == "opens" and name in arguments for effect, arguments in effects),
            any(effect == "supplies" and name in arguments for effect, arguments in effects),
            next((tuple(a[2:]) for effect, a in effects if effect == "runs" and a[0] == name), ()),
            any(effect == "draws" and name in arguments for effect, arguments in effects),
            next((str(a[1]) for effect, a in effects if effect == "puts" and a[0] == name), ""),
            any(_is_name(engine, value) for value in types),
            tuple(value for value in types if _is_name(engine, value, "decompose:Given")),
        )
        tells = told.called_back is not None or told != _TELLS_NOTHING
        parameter = told if tells else None
        if kind == ParameterKind.POSITIONAL:
            positional.append(parameter)
        elif kind == ParameterKind.STAR:
            star = parameter
        elif kind == ParameterKind.STAR_STAR:
            double_star = parameter
        if parameter is not None and kind in (ParameterKind.POSITIONAL, ParameterKind.KEYWORD):
            by_name[name] = parameter
    telling = star is not None or double_star is not None or bool(by_name)
    laid_out = next((str(arguments[0]) for effect, arguments in effects if effect == "lays_out"), "")
    return ParameterPlan(positional, star, by_name, double_star, telling, laid_out)


def told_name(function: Scope) -> str:
    """The id of a function of a library, or the way on which an object without a name of its own is got."""
    way = function.parent.facts.names.get("__reached_by__") if function.parent is not None else None
    return f"{function.module.name}:{way}.{function.facts.name}" if isinstance(way, str) else function.definition


def functions_with_effect(engine: Engine, effect: str) -> Iterator[int]:
    """The summarised functions that state an effect."""
    for scope in engine.program.scopes:
        # A summary imports the effects that it states.
        stated = scope.library and scope.facts.decorators and effect in scope.module.top.facts.names
        if stated and any(name == effect for name, _ in effects_of(engine, scope)):
            yield scope.index


@found_once
def effect_names(engine: Engine, function: Scope) -> frozenset[str]:
    """The names of the effects that a summary states for a function."""
    return frozenset(effect for effect, _ in effects_of(engine, function))


@found_once
def effects_of(engine: Engine, function: Scope) -> list[tuple[str, list[Any]]]:
    """The effects that a summary states for a function, by its decorators."""
    parent = function.parent
    if parent is None:
        return []
    stated = []
    for operation in (made for ref in function.facts.decorators for made in parent.operations_producing(ref)):
        if operation[0] != Op.CALL:
            continue
        for value in engine.names.evaluate(parent, operation[2]):
            description = engine.values[value]
            if description[0] == "X" and description[1] == "decompose.effects":
                arguments = [ref[1] if isinstance(ref, list) else ref for ref in operation[3]]
                stated.append((_ACCESS_EFFECTS.get(description[2], description[2]), arguments))
    return stated
