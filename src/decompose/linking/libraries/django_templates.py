"""What Django's templates ask of the rows and queries that code gives them: that runs where the template is rendered."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from decompose.facts import Op
from decompose.facts.records import Ref
from decompose.linking.effects import SHOWN
from decompose.linking.frames import Site
from decompose.linking.libraries.django_options import app_label
from decompose.linking.libraries.django_schema import library_class
from decompose.linking.libraries.django_template_arguments import Handed
from decompose.linking.libraries.django_template_calls import renderings
from decompose.linking.libraries.django_template_rows import Has, Read, Row, TemplateRows
from decompose.linking.libraries.view_forms import forms_of
from decompose.linking.linked import Linked
from decompose.linking.program import Scope
from decompose.linking.values import Value

Found = tuple[int, Value, str, Value, str, str, int]
"""An access as the engine notes it: scope, receiver, operation, rows, role, rule, line."""

_FORM = "form"


def shown(linked: Linked, read: Read, has: Has) -> Iterator[Found]:
    """What templates read, at the calls that render them."""
    shows = TemplateRows(linked, read, has)
    for site, given, text, environment in _rendered_by_calls(linked, read, shows):
        scope = site.frame.scope
        for operation, value in shows.rendered(scope, text, environment):
            yield scope.index, site.frame.receiver, operation, value, "execute", f"{SHOWN} {given}", site.line


def handed_on(linked: Linked, read: Read, concerns: Callable[[str], bool]) -> set[Handed]:
    """What templates give to tags and filters of the application, of those templates whose text is of concern."""
    shows = TemplateRows(linked, read, hands_on_only=True)

    def read_if_of_concern(name: str) -> str | None:
        text = read(name)
        return text if text is not None and concerns(text) else None

    for _, _, text, environment in _rendered_by_calls(linked, read_if_of_concern, shows):
        shows.gather(text, environment)
    for view, text, environment in _rendered_by_views(linked, read_if_of_concern, shows):
        forms = {Row(linked.values.instance(form.index)) for form in forms_of(linked, view)}
        shows.gather(text, {_FORM: frozenset(forms), **environment})
    return shows.handed


def _rendered_by_calls(
    linked: Linked, read: Read, shows: TemplateRows
) -> Iterator[tuple[Site, str, str, dict[str, frozenset[Row]]]]:
    """The calls that render a template, with its name, its text and what it knows."""
    for site, name, given, context, request in renderings(linked):
        text = read(name)
        if text is None:
            continue
        scope = site.frame.scope
        sources = _sources(linked, scope, context) if given is site else {}
        environment: dict[str, frozenset[Row]] = {}
        for value in linked.argument_values(given, context):
            for key, values in shows.entries(value):
                rows = {Row(v, source=sources.get(key, -1)) for v in values}
                environment[key] = environment.get(key, frozenset()) | rows
        if request != -1:
            shows.add_usual(environment, request)
        yield site, name, text, environment


def shown_by_views(linked: Linked, read: Read) -> list[tuple[str, Value]]:
    """What the templates of all generic views read, which the framework renders after the view."""
    shows = TemplateRows(linked, read)
    for _, text, environment in _rendered_by_views(linked, read, shows):
        shows.gather(text, environment)
    return sorted(shows.found)


def _rendered_by_views(
    linked: Linked, read: Read, shows: TemplateRows
) -> Iterator[tuple[Scope, str, dict[str, frozenset[Row]]]]:
    """The generic views, with the text of their template and what it knows."""
    instance = linked.values.instance
    single, many = (_view(linked, name) for name in ("SingleObjectMixin", "MultipleObjectMixin"))
    for cls in linked.application_classes():
        if not linked.inherits(cls, "django.views.generic:TemplateResponseMixin"):
            continue
        member = linked.hierarchy.member(cls, "template_name")
        name = linked.constant_of(member)
        environment = dict(shows.context_of(cls))
        for mixin, usual in ((single, "object"), (many, "object_list")):
            for value in linked.hierarchy.bindings(cls, (), mixin).get("M", ()) if mixin is not None else ():
                model = linked.program.scopes[linked.values[value][1]]
                lowered = model.facts.name.lower()
                row = Row(value if usual == "object" else instance(_query(linked), ((value,),)))
                known_as = [usual, lowered if usual == "object" else f"{lowered}_list"]
                member = linked.hierarchy.member(cls, "context_object_name")
                given = linked.constant_of(member)
                for key in (*known_as, *([given] if isinstance(given, str) else [])):
                    environment.setdefault(key, frozenset({row}))
                if not isinstance(name, str):
                    kind = next((k for base, k in _SUFFIXES if linked.inherits(cls, base)), "")
                    name = f"{app_label(linked, model)}/{lowered}{kind}.html"
        text = read(name) if isinstance(name, str) else None
        shows.add_usual(environment, -1)
        if text is not None:
            yield cls, text, environment


_SUFFIXES = (
    ("django.views.generic:ModelFormMixin", "_form"),
    ("django.views.generic:DeletionMixin", "_confirm_delete"),
    ("django.views.generic:MultipleObjectMixin", "_list"),
    ("django.views.generic:SingleObjectMixin", "_detail"),
)


def _view(linked: Linked, name: str) -> Scope | None:
    return library_class(linked.program, "django.views.generic", name)


def _query(linked: Linked) -> int:
    found = library_class(linked.program, "django.db.models", "QuerySet")
    return found.index if found is not None else 0


def _sources(linked: Linked, scope: Scope, context: Ref) -> dict[str, Ref]:
    """What a context that is made in the same function holds under its names."""
    origin = linked.origin(scope, context)
    if origin is None or origin.scope is not scope or origin.operation[0] != Op.CONTAINER:
        return {}
    keys = origin.operation[4] or ()
    pairs = zip(keys, origin.operation[3], strict=False)
    return {key: ref for key, ref in pairs if isinstance(key, str) and type(ref) is int}
