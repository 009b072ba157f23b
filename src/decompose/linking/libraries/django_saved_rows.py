"""Who saves or deletes rows of Django's models, so that those run who listen to that."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from decompose.linking.effects import ANSWERING
from decompose.linking.libraries import model_views
from decompose.linking.libraries.django_silent_writes import sends_none
from decompose.linking.libraries.led_on import LedOn
from decompose.linking.linked import Linked
from decompose.linking.program import Scope
from decompose.linking.values import Value

_SENT: Mapping[str, frozenset[str]] = {
    "insert": frozenset({"pre_save", "post_save"}),
    "update": frozenset({"pre_save", "post_save"}),
    "delete": frozenset({"pre_delete", "post_delete"}),
}
_NONE = frozenset[str]()
_DJANGO = "django."
_SENDING = (_DJANGO, "rest_framework.")
"""The modules whose methods save and delete rows by those of the model, which send signals."""


class Told(NamedTuple):
    """A line that makes Django tell of each row of a model, by these signals; ``acting``: the object whose method it stands in.

    ``answering``: words for the methods of a view that do so, if it is the view's class that says it for all of them, or its
    ``dispatch`` that leads on to them.
    """

    scope: Scope
    line: int
    acting: Value
    model: int
    signals: frozenset[str]
    answering: str = ""


def told_of_rows(
    linked: Linked, sent: Mapping[str, frozenset[str]] = _SENT, passed_by: frozenset[str] = _NONE
) -> Iterator[Told]:
    """The lines that save or delete rows of a model by what sends signals, and the views and pages whose class says that they do.

    With ``sent``, what else goes with an operation stands in the place of signals; ``passed_by``: methods of Django that do without.
    """
    yield from _told_at_lines(linked, sent, passed_by)
    by_class: dict[tuple[Scope, int, int, frozenset[str]], list[str]] = {}
    for found in model_views.implied(linked):
        if found.operation in sent:
            line = found.line or found.cls.facts.line
            key = found.cls, line, found.model.index, sent[found.operation]
            by_class.setdefault(key, []).append(found.answering)
    for (cls, line, model, signals), answering in by_class.items():
        names = dict.fromkeys(name for several in answering for name in several.split())
        yield Told(cls, line, -1, model, signals, f"{ANSWERING}{' '.join(names)}" if all(answering) else "")


def _told_at_lines(linked: Linked, sent: Mapping[str, frozenset[str]], passed_by: frozenset[str]) -> Iterator[Told]:
    led_on = LedOn(linked)
    by_methods: dict[Told, frozenset[str]] = {}
    for index, acting, operation, value, role, rule, line in linked.engine.accesses:
        scope = linked.program.scopes[index]
        description = linked.values[value]
        if scope.library or role != "execute" or sends_none(rule) or not rule.startswith(_SENDING):
            continue
        if description[0] == "I" and "," not in rule and operation in sent and rule not in passed_by:
            told = Told(scope, line, acting, description[1], sent[operation])
            methods = led_on.answering(scope, acting, line, rule)
            if methods:
                by_methods[told] = by_methods.get(told, methods) | methods
            else:
                yield told
    yield from (told._replace(answering=f"{ANSWERING}{' '.join(sorted(m))}") for told, m in by_methods.items())
