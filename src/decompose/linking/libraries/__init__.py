"""What each framework means, told declaratively: summaries (stub files with effects) and recognisers.

A framework is one module in `frameworks`: a summary, what it cannot say, and examples (see `framework`). Those that more
than one stage works with (models, routes under prefixes) have their recognisers here, and their summaries under ``stubs/``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from decompose.linking.effects import COPY, DECLARED
from decompose.linking.engine import Engine
from decompose.linking.found import FoundEntry, FoundKey, FoundTable
from decompose.linking.libraries import (
    admin_forms,
    admin_rows,
    appbuilder_pages,
    brought_models,
    celery_schedules,
    declared_commands,
    decorated,
    decorator_routes,
    django_added_members,
    django_admin_views,
    django_backends,
    django_bases,
    django_deletion,
    django_fixtures,
    django_forms,
    django_history,
    django_managers,
    django_middleware,
    django_options,
    django_permissions,
    django_relations,
    django_routes,
    django_rows_below,
    django_schema,
    django_tables,
    django_template_rows,
    django_templates,
    django_validated,
    django_versions,
    frappe_documents,
    graphene_fields,
    jinja_templates,
    model_pages,
    model_views,
    models,
    named_models,
    named_parameters,
    own_copies,
    own_model_bases,
    pyramid_requests,
    rest_rows,
    rest_serializers,
    sqlalchemy_bases,
    sqlalchemy_events,
    sqlalchemy_made_classes,
    sqlalchemy_mapping,
    sqlalchemy_queries,
    sqlalchemy_relations,
    sqlalchemy_schema,
    stated,
    strawberry_fields,
    wtforms_fields,
)
from decompose.linking.libraries.answered_in_transactions import answered_in_transactions
from decompose.linking.libraries.consequence import APART, BY_CASCADE, BY_COPY, Consequence
from decompose.linking.libraries.django_options import app_labels
from decompose.linking.libraries.django_settings import (
    atomic_requests,
    methods_in_transactions,
    views_outside_of_transactions,
)
from decompose.linking.libraries.framework import Framework, known_frameworks
from decompose.linking.libraries.given_rows import GivenRows
from decompose.linking.libraries.led_on import LedOn
from decompose.linking.libraries.model_views import Implied
from decompose.linking.libraries.models import parler, peewee, peewee_relations, tortoise_relations
from decompose.linking.libraries.new_rows import NEW_ROWS
from decompose.linking.libraries.sql_types import FILE_FIELDS
from decompose.linking.libraries.summaries import load_summaries
from decompose.linking.linked import Linked
from decompose.linking.names import Names
from decompose.linking.program import Program, Scope
from decompose.linking.rendered import Pages

__all__ = [
    "ACCESSES",
    "ASSUMPTIONS",
    "BINDERS",
    "CLASS_MAKERS",
    "CONTRIBUTORS",
    "DECLARATIONS",
    "ENTRY_POINTS",
    "FILE_FIELDS",
    "NEW_ROWS",
    "PREPARATIONS",
    "REFLECTIONS",
    "RELATIONS",
    "RENDERED",
    "SCHEMAS",
    "UNCALLED",
    "GivenRows",
    "Implied",
    "LedOn",
    "answered_in_transactions",
    "app_labels",
    "comes_along",
    "consequences",
    "fills_in",
    "load_summaries",
    "mapped_class",
    "methods_in_transactions",
    "on_in_tests",
    "requests_in_transactions",
    "views_outside_of_transactions",
]

CLASS_MAKERS: tuple[Callable[[Program], None], ...] = (
    sqlalchemy_made_classes.add_classes_of_mixins,
    parler.add_translations,
)
"""Called first: add the classes that no class statement states."""

PREPARATIONS: tuple[Callable[[Program, Engine], None], ...] = (
    django_options.name_labels,
    django_schema.substitute_user_model,
    brought_models.name_models_of_packages,
)
"""Called before linking."""

BINDERS: tuple[Callable[[Program, Engine], None], ...] = (
    own_copies.inherit_from_copied,
    django_bases.bind_models,
    sqlalchemy_bases.bind_models,
    own_model_bases.bind_own_bases,
    named_models.bind_named_models,
    pyramid_requests.bind_added,
)
"""Called when names can be looked up, before linking: complete the bases of classes."""

RENDERED: tuple[Callable[[Program, Names, Pages], None], ...] = (jinja_templates.follow_templates,)
"""Called when names can be looked up, before linking: add what templates do to the functions that render them."""

UNCALLED: tuple[Callable[[Engine], bool], ...] = (django_managers.look_at_uncalled,)
"""Called after linking: look at what only code out of view calls, for whom it acts; whether there was anything."""

ASSUMPTIONS: tuple[Callable[[Engine], bool], ...] = (sqlalchemy_events.assume_given, named_parameters.assume_by_name)
"""Called after linking: add what may be assumed of what nothing in view tells; whether there was anything."""

ROW_LISTENERS: tuple[Callable[[Linked], Iterator[sqlalchemy_events.RowListener]], ...] = (
    sqlalchemy_events.row_listeners,
)
"""Functions that run when a session writes a row of a class."""

FLUSHED_LATER: tuple[Callable[[Linked], Iterator[tuple[Scope, Scope, int]]], ...] = (
    sqlalchemy_events.put_off_to_flush,
)
"""Functions that another one has run at the end of the flush that it runs in itself: outer, inner, line."""

RELATIONS: tuple[Callable[[Engine], None], ...] = (
    django_added_members.note_added_members,
    django_relations.contribute_relations,
    sqlalchemy_relations.contribute_relations,
    peewee_relations.contribute_relations,
    tortoise_relations.contribute_relations,
)
"""Called when classes are known and functions are not yet: state where relations lead, and add the attributes that they give."""

CONTRIBUTORS: tuple[Callable[[Engine], None], ...] = (
    django_history.contribute_histories,
    django_rows_below.contribute_rows_below,
    django_validated.contribute_validated,
    admin_forms.settle_commit,
    sqlalchemy_queries.contribute_queries,
    pyramid_requests.give_requests,
)
"""Called after that: add further attributes that the code does not show."""

SCHEMAS: tuple[Callable[[Linked], Iterator[FoundTable | FoundKey]], ...] = (
    django_tables.schema,
    sqlalchemy_schema.schema,
    models.schema,
)
BETWEEN: tuple[Callable[[Linked], Iterator[Scope]], ...] = (django_tables.between,)
"""Models that the code declares as the rows between two others, which they tie many to many."""

REFLECTIONS: tuple[Callable[[Linked], Iterator[tuple[Scope, int]]], ...] = (sqlalchemy_schema.reflections,)
"""Where tables or their columns are taken from the database while running: scope and line."""

SHOWN: tuple[
    Callable[[Linked, django_template_rows.Read, django_template_rows.Has], Iterator[django_templates.Found]], ...
] = (django_templates.shown, wtforms_fields.shown)
"""What templates and forms read, given what reads a template by its name and what knows of rows that are loaded already."""

FILLED: tuple[Callable[[Linked, django_fixtures.Fixtures], Iterator[django_templates.Found]], ...] = (
    django_fixtures.written,
)
"""What commands of a framework write, given what finds files of rows by their names."""

KEPT: tuple[Callable[[Linked], Iterator[django_templates.Found]], ...] = (
    django_admin_views.below_own_views,
    django_versions.kept,
)
"""What libraries do where code that says nothing of it saves rows, or goes on to what does."""

LEFT: tuple[Callable[[Linked], Iterator[django_templates.Found]], ...] = (django_backends.left_to_backend,)
"""What a library does not do itself where code of the application, which is told so too, stands in its place."""

DECLARATIONS = models.DECLARATIONS
ACCESSES = models.ACCESSES

BELOW: tuple[Callable[[Linked, django_template_rows.Read], Iterator[django_templates.Found]], ...] = (
    django_middleware.below,
)
"""What a framework does below code that goes on to it, told there once more."""

IMPLIED: tuple[Callable[[Linked], Iterator[model_views.Implied]], ...] = (
    model_views.implied,
    django_admin_views.relations_saved,
    django_permissions.implied,
    model_pages.implied,
    appbuilder_pages.implied,
    frappe_documents.implied,
    admin_rows.implied,
    graphene_fields.implied,
    strawberry_fields.implied,
)
"""What classes do to tables because a framework works on the model that they name."""


def _used_frameworks(linked: Linked) -> Iterator[Framework]:
    imported = linked.program.imported()
    yield from (framework for framework in known_frameworks() if framework.is_used_by(imported))


def _found_by_frameworks(linked: Linked) -> Iterator[FoundEntry]:
    for framework in _used_frameworks(linked):
        for recognise in framework.entry_points:
            yield from linked.engine.safely(partial(recognise, linked))


def requests_in_transactions(linked: Linked) -> bool:
    """Whether each request runs in a transaction that no code opens: by a setting, or as its framework does it."""
    asked = (framework.requests_in_transactions for framework in _used_frameworks(linked))
    return atomic_requests(linked) or any(says(linked) for says in asked if says is not None)


def on_in_tests(linked: Linked) -> frozenset[str]:
    """The names of settings that are on in tests only: those of the frameworks, and what Flask and many applications call theirs."""
    return frozenset({"TESTING"}.union(*(framework.on_in_tests for framework in _used_frameworks(linked))))


ENTRY_POINTS: tuple[Callable[[Linked], Iterator[FoundEntry]], ...] = (
    decorator_routes.entry_points,
    django_routes.entry_points,
    decorated.entry_points,
    celery_schedules.entry_points,
    declared_commands.entry_points,
    stated.entry_points,
    _found_by_frameworks,
)


def mapped_class(linked: Linked, cls: Scope) -> Scope:
    """The class whose table the instances of ``cls`` are stored in."""
    if linked.inherits(cls, django_options.MODEL):
        return django_options.mapped_class(linked, cls)
    if "__table__" in cls.facts.names and linked.inherits(cls, sqlalchemy_mapping.BASE):
        return next(iter(sqlalchemy_mapping.put_together(linked, cls)), cls)
    return cls


def consequences(linked: Linked, operation: str, cls: Scope, rule: str = "") -> Iterator[Consequence]:
    """What an operation on the rows of a class does to other tables, as the class itself declares; the ``rule`` names a library's method."""
    if linked.inherits(cls, sqlalchemy_mapping.BASE):
        if operation == "read":
            yield from sqlalchemy_relations.loaded_along(linked, cls)
        elif operation == "cascade":
            yield from (c._replace(how=BY_CASCADE) for c in sqlalchemy_relations.deleted_along(linked, cls))
    elif operation == "cascade" and peewee.is_model(linked, cls):
        yield from (c._replace(how=BY_CASCADE) for c in peewee.deleted_along(linked, cls))
    elif operation in DECLARED:
        how = APART if operation in django_forms.LOOKING_UP else ""
        told_by = rest_serializers if linked.inherits(cls, django_forms.SERIALIZER) else django_forms
        for done, thing in told_by.consequences(linked, operation, cls):
            yield Consequence(done, thing, how=how)
    elif linked.inherits(cls, django_options.MODEL):
        if operation.startswith("cascade"):
            yield from django_deletion.consequences(linked, cls, selected=operation == "cascade_of_query")
        elif operation == "collect":
            yield from django_deletion.looked_for(linked, cls)
        else:
            if operation != COPY:
                yield from django_deletion.with_parents(linked, operation, cls)
            if operation == "read":
                yield from django_deletion.of_models_below(linked, cls)
            for done, table in django_history.copied(linked, operation, cls, rule):
                yield Consequence(done, table, how=BY_COPY)
            yield from parler.saved_along(linked, operation, cls, rule)


def comes_along(linked: Linked, cls: Scope, name: str) -> bool:
    """Whether the rows of a relation are always loaded with the object, because its class says so."""
    return linked.inherits(cls, sqlalchemy_mapping.BASE) and sqlalchemy_relations.comes_along(linked, cls, name)


def rows_behind(linked: Linked, function: Scope) -> Iterator[GivenRows]:
    """What rows a framework gives to a function, with those that make its queries and what is loaded along."""
    yield from admin_rows.rows_behind(linked, function)
    yield from rest_rows.rows_behind(linked, function)


def fills_in(linked: Linked, method: Scope) -> bool:
    """Whether a framework sets the relations of an object before it calls this method of it."""
    return django_forms.fills_in(linked, method)
