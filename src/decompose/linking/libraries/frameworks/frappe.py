"""Frappe: functions that may be called over HTTP by their dotted names, documents, and what the hooks of an application name."""

from __future__ import annotations

from collections.abc import Iterator

from decompose.linking.found import FoundEntry
from decompose.linking.libraries import frappe_documents, frappe_hooks
from decompose.linking.libraries.framework import Example, Framework, always
from decompose.linking.linked import Linked

_NAME = "whitelist"


def entry_points(linked: Linked) -> Iterator[FoundEntry]:
    """``@frappe.whitelist()``: the function is served under its name; ``methods`` says by which methods."""
    for site, module, name in linked.external_sites():
        if (module, name) != ("frappe", _NAME) or site.kind == "decorate" or site.frame.scope.library:
            continue
        methods = linked.keyword(site.frame.scope, site.operation, "methods")
        listed = methods if isinstance(methods, list) else ["ANY"]
        for decoration in linked.decorations(site):
            for handler in linked.handlers(decoration, decoration.arguments[0]):
                path = f"/api/method/{handler.module.name}.{handler.facts.qualname}"
                for method in listed:
                    yield FoundEntry("http", f"{method} {path}", handler, handler.module.file, decoration.line)


FRAMEWORK = Framework(
    name="Frappe",
    summaries={},
    packages=("frappe",),
    requests_in_transactions=always,
    entry_points=(entry_points, frappe_hooks.entry_points, frappe_hooks.pages, frappe_documents.entry_points),
    wires=(frappe_documents.wires,),
    examples=(
        Example(
            """
            import frappe

            @frappe.whitelist()
            def show(name): helper()

            @frappe.whitelist(methods=["POST"])
            def change(name): helper()

            def helper(): pass
            """,
            entries=frozenset({"http ANY /api/method/m.show -> m:show", "http POST /api/method/m.change -> m:change"}),
            calls=frozenset({"m:show -[call]-> m:helper", "m:change -[call]-> m:helper"}),
        ),
    ),
    look_alikes=(
        Example(
            """
            def whitelist(): return lambda function: function

            @whitelist()
            def show(name): pass
            """,
            calls=frozenset({"m: -[call]-> m:whitelist", "m: -[decorate]-> m:whitelist"}),
        ),
    ),
)
