"""Documents of Frappe: which class a document is of, and what runs when it is saved, submitted, cancelled or deleted."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from decompose.facts import Op
from decompose.linking.found import FoundEntry
from decompose.linking.frames import Site
from decompose.linking.libraries import frappe_hooks
from decompose.linking.libraries.model_views import Implied
from decompose.linking.libraries.models import frappe
from decompose.linking.linked import Linked
from decompose.linking.program import Scope
from decompose.linking.values import Value
from decompose.linking.wiring import Given, Result, Wire

_MAKERS = frozenset({"get_doc", "get_cached_doc", "get_last_doc", "new_doc", "get_single", "get_cached_single"})
_SAVING = ("before_validate", "validate", "before_save", "on_update", "on_change")
_SAVING_AGAIN = ("before_update_after_submit", "on_update_after_submit")
"""What runs in the place of some of these where a document is saved that was submitted."""

_EVENTS: dict[str, tuple[str, ...]] = {
    "insert": ("before_insert", "before_naming", "autoname", *_SAVING, "after_insert"),
    "save": (*_SAVING, *_SAVING_AGAIN),
    "submit": ("before_submit", "on_submit", *_SAVING),
    "cancel": ("before_cancel", "on_cancel", "on_change"),
    "delete": ("on_trash", "after_delete", "on_change"),
    "delete_doc": ("on_trash", "after_delete", "on_change"),
}
"""What is called, of a document or with its type -> the methods of its class, and the events of the hooks, that run."""

_PART_OF = "parentfield"
"""What a class says that it has, whose documents are rows of others."""

HOOKS = " ".join(
    dict.fromkeys(
        [event for events in _EVENTS.values() for event in events]
        + ["before_rename", "after_rename", "before_print", "onload", "get_feed", "has_permission"]
    )
)


class Documents:
    """The types of an application, by name, and what the hooks add to them."""

    def __init__(self, linked: Linked) -> None:
        self.linked = linked
        self._by_stem: dict[str, Scope] = {}
        self._names: dict[int, str] = {}
        for path, cls in frappe.declarations(linked):
            stem = posixpath.basename(path).removesuffix(".json")
            if cls is not None and self._by_stem.setdefault(stem, cls) is cls:
                self._names[cls.index] = _words(cls.facts.name, stem)
        self._replaced = frappe_hooks.replaced_classes(linked)
        self._handlers = frappe_hooks.handlers_of(linked)
        self._names.update((cls.index, name) for name, cls in self._replaced.items())

    def classes(self) -> Iterator[tuple[str, Scope]]:
        """Each type whose documents are saved by themselves, with its class: one with nothing in it is most often that of rows of others."""
        for cls in self._by_stem.values():
            name = self._names[cls.index]
            if name not in self._replaced and cls.facts.names and _PART_OF not in cls.facts.annotations:
                yield name, cls
        yield from self._replaced.items()

    def cls(self, name: str) -> Scope | None:
        """The class of a type: the hooks', or the one beside its declaration."""
        stem = name.replace(" ", "_").replace("-", "_").lower()
        return self._replaced.get(name, self._by_stem.get(stem))

    def name(self, cls: Scope) -> str:
        """The type that a class is for; its own name where it is for none, as one that others inherit from."""
        return self._names.get(cls.index, cls.facts.name)

    def handlers(self, name: str, event: str) -> Iterator[Scope]:
        """The functions that the hooks have for something that happens to documents of a type, and to all."""
        for kind in (name, frappe_hooks.EVERY_TYPE):
            yield from self._handlers.get(kind, {}).get(event, ())


def entry_points(linked: Linked) -> Iterator[FoundEntry]:
    """Each type with a class of its own: its documents are saved, submitted, cancelled and deleted over HTTP, one in a request."""
    if frappe_hooks.is_used(linked):
        for name, cls in Documents(linked).classes():
            yield FoundEntry("http", f"ANY /api/resource/{name}", cls, cls.module.file, cls.facts.line)


def implied(linked: Linked) -> Iterator[Implied]:
    """What these requests do to the row of the document itself."""
    if frappe_hooks.is_used(linked):
        for _, cls in Documents(linked).classes():
            for operation in ("read", "insert", "update", "delete"):
                yield Implied(cls, operation, cls, "document over HTTP", line=cls.facts.line)


def wires(linked: Linked) -> Iterator[Wire | Given | Result]:
    """What loads a document gives an object of its class; what saves one runs the methods and handlers of its type."""
    if not frappe_hooks.is_used(linked):
        return
    documents = Documents(linked)
    for site, module, name in linked.external_sites():
        scope = site.frame.scope
        if scope.library or module.partition(".")[0] != frappe_hooks.PACKAGE:
            continue
        if module == frappe_hooks.PACKAGE and name in ("enqueue", "enqueue_doc", "delete_doc", *_MAKERS):
            yield from _of_call(linked, documents, site, name)
        elif name.startswith("Document.") and name.removeprefix("Document.") in _EVENTS:
            for value in _receivers(linked, site):
                cls = linked.program.scopes[linked.values[value][1]]
                yield from _happening(linked, documents, site, cls, name.removeprefix("Document."), value)


def _of_call(linked: Linked, documents: Documents, site: Site, name: str) -> Iterator[Wire | Given | Result]:
    """A function of the package that is given a type, or something to run later."""
    scope = site.frame.scope
    if name == "enqueue":
        ref = site.argument(0, "method")
        text = linked.constant(scope, ref)
        named = frappe_hooks.functions_named(linked, text, scope) if isinstance(text, str) else []
        for function in (*named, *linked.functions_among(linked.argument_values(site, ref))):
            yield Wire(scope, site.line, function, "task", "run by frappe.enqueue")
        return
    kind, _ = frappe.named(linked, scope, site.operation)
    cls = documents.cls(kind) if kind else None
    if cls is None:
        return
    if name == "enqueue_doc":
        method = linked.constant(scope, site.argument(2, "method"))
        member = linked.hierarchy.member(cls, method) if isinstance(method, str) else None
        found = linked.engine.function_of(member)
        if found is not None and not found.library:
            yield Wire(scope, site.line, found, "task", "run by frappe.enqueue_doc")
    elif name == "delete_doc":
        yield from _happening(linked, documents, site, cls, name, linked.values.instance(cls.index))
    elif site.result >= 0:
        yield Result(site.result, linked.values.instance(cls.index))


def _receivers(linked: Linked, site: Site) -> Iterator[Value]:
    """The documents of types in view of which a method of the package's is called."""
    asked = [o for o in site.frame.scope.operations_producing(site.operation[2]) if o[0] == Op.ATTRIBUTE]
    for operation in asked:
        for value in sorted(linked.engine.values_of(linked.engine.node_of(site.frame, operation[2]))):
            described = linked.values[value]
            if described[0] == "I" and not linked.program.scopes[described[1]].library:
                yield value


def _happening(
    linked: Linked, documents: Documents, site: Site, cls: Scope, name: str, value: Value
) -> Iterator[Wire | Given]:
    """The methods of a document's class, and the handlers of the hooks, that run when something is done to it."""
    kind = documents.name(cls)
    for event in _EVENTS[name]:
        found = linked.engine.function_of(linked.hierarchy.member(cls, event))
        if found is not None and not found.library:
            yield Wire(site.frame.scope, site.line, found, "callback", f"called by Document.{name}", acting=value)
        for handler in documents.handlers(kind, event):
            yield Wire(site.frame.scope, site.line, handler, "signal", f"listens to {event} of {kind}")
            first = next((parameter[0] for parameter in handler.facts.parameters), "")
            plain = linked.values.intern("F", handler.index, linked.engine.module_frame(handler.module).index)
            yield Given(plain, first, value)


def _words(name: str, stem: str) -> str:
    """The type of the class ``FullandFinal`` in ``full_and_final.py``: ``Full and Final``."""
    words, at = [], 0
    for part in stem.split("_"):
        words.append(name[at : at + len(part)])
        at += len(part)
    return " ".join(words)
