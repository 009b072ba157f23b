"""Rows that Django's own commands write: those of fixtures that ``loaddata`` reads, and all that ``flush`` deletes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from decompose.linking.effects import EACH
from decompose.linking.libraries.django_options import MODEL, app_label, is_abstract, is_proxy
from decompose.linking.libraries.django_templates import Found
from decompose.linking.linked import Linked
from decompose.linking.program import Scope

Fixtures = Callable[[str], list[tuple[str, str]]]
"""The files that are meant by the name of a fixture: path and text."""

CALL_COMMAND = "django.core.management.call_command"
_MODEL_NAME = re.compile(r"\bmodel[\"']?\s*[:=]\s*[\"']?([A-Za-z_]\w*\.[A-Za-z_]\w*)")
"""As JSON, YAML and XML write it: ``"model": "shop.order"``, ``model: shop.order``, ``model="shop.order"``."""


def written(linked: Linked, fixtures: Fixtures) -> Iterator[Found]:
    """What ``call_command`` writes, where the command and the names of the fixtures are constants."""
    models: dict[str, Scope] = {}
    for site, module, name in linked.external_sites(kind="call"):
        if f"{module}.{name}" != CALL_COMMAND:
            continue
        scope, receiver = site.frame.scope, site.frame.receiver
        command = linked.keyword(scope, site.operation, "command_name", 0)
        if command not in ("loaddata", "flush"):
            continue
        models = models or dict(_models(linked))
        if command == "flush":
            for cls in models.values():
                row = linked.values.instance(cls.index)
                yield scope.index, receiver, "delete", row, "execute", f"{EACH} of all models", site.line
            continue
        for argument in site.arguments[1:]:
            label = linked.constant(scope, argument)
            for path, text in fixtures(label) if isinstance(label, str) else ():
                for found in sorted({model.lower() for model in _MODEL_NAME.findall(text)}):
                    if found in models:
                        row = linked.values.instance(models[found].index)
                        for operation in ("insert", "update"):
                            yield scope.index, receiver, operation, row, "execute", f"{EACH} of {path}", site.line


def _models(linked: Linked) -> Iterator[tuple[str, Scope]]:
    for cls in linked.application_classes():
        if linked.inherits(cls, MODEL) and not is_abstract(cls) and not is_proxy(linked, cls):
            yield f"{app_label(linked, cls)}.{cls.facts.name}".lower(), cls
