"""django-parler: a model's fields that have a value in each language are kept in a table of their own.

``translations = TranslatedFields(name=models.CharField())`` makes a class with these fields and a key to the model, which has its rows
by that name. It is stated before anything is linked. Saving a row saves what was set of its translations.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from weakref import WeakKeyDictionary

import msgspec

from decompose.facts import Op
from decompose.facts.records import ScopeFacts, ScopeKind
from decompose.linking.libraries.consequence import Consequence
from decompose.linking.libraries.django_options import OPTIONS_OF_TRANSLATIONS, TRANSLATES, translated_model
from decompose.linking.libraries.django_silent_writes import sends_none
from decompose.linking.linked import Linked
from decompose.linking.program import Program, Scope

_CHANGES = frozenset({"insert", "update"})
_FIELDS = "django.db.models"
_OPTIONS = frozenset({"meta", None})


def add_translations(program: Program) -> None:
    """Give each model with translated fields the class of its translations."""
    for module in program.modules:
        if not module.library and "parler" in module.facts.packages:
            for cls in list(module.scopes):
                if cls.facts.kind == ScopeKind.CLASS and cls.parent is module.top:
                    for name, ref in cls.facts.names.items():
                        call = cls.call_producing(ref)
                        if call is not None and _is_called_translated_fields(cls, call):
                            _add(program, cls, name, call)
                            break


def _is_called_translated_fields(cls: Scope, call: list[Any]) -> bool:
    return any("TranslatedFields" in o[2:4] for o in cls.operations_producing(call[2]))


def _add(program: Program, cls: Scope, attribute: str, call: list[Any]) -> None:
    module, top, line = cls.module, cls.module.top, call[-1]
    name = f"{cls.facts.name}Translation"
    if name in top.facts.names:
        return
    base, made = top.facts.nodes, top.facts.nodes + 1
    facts = ScopeFacts(ScopeKind.CLASS, name, name, 0, line, line)
    facts.bases, facts.base_annotations = [base], [["c", None]]
    key, text, deletes, model, column = range(cls.facts.nodes, cls.facts.nodes + 5)
    given = [["related_name", attribute], ["on_delete", deletes], ["null", ["c", True]]]
    facts.ops = [
        *(o for o in cls.facts.ops if o is not call and o[0] not in (Op.FUNCTION, Op.CLASS)),
        [Op.FROM, key, 0, _FIELDS, "ForeignKey", False, line],
        [Op.FROM, text, 0, _FIELDS, "CharField", False, line],
        [Op.FROM, deletes, 0, _FIELDS, "CASCADE", False, line],
        [Op.FROM, model, 0, module.name, cls.facts.name, False, line],
        [Op.CALL, column, text, [], [["max_length", ["c", 15]], ["db_index", ["c", True]]], line],
        [Op.CALL, column + 1, key, [model], given, line],
    ]
    facts.nodes = column + 2
    facts.names = {field: ref for field, ref in call[4] if field not in _OPTIONS}
    facts.names.update({"language_code": column, "master": column + 1, TRANSLATES: model})
    options = [ref for option, ref in call[4] if option == "meta"]
    if options:
        facts.names[OPTIONS_OF_TRANSLATIONS] = options[0]
    scope = Scope(len(program.scopes), module, facts, top)
    program.scopes.append(scope)
    module.scopes.append(scope)
    stated = [Op.CLASS, made, len(module.scopes) - 1]
    brought = [Op.FROM, base, 0, "parler.models", "TranslatedFieldsModel", False, line]
    # The facts are shared with whoever linked them before.
    top.facts = msgspec.structs.replace(
        top.facts, ops=[*top.facts.ops, brought, stated], names={**top.facts.names, name: made}, nodes=made + 1
    )
    top.producers = None
    module.facts = msgspec.structs.replace(module.facts, scopes=[top.facts, *module.facts.scopes[1:], facts])


_TRANSLATIONS: WeakKeyDictionary[Program, dict[int, Scope]] = WeakKeyDictionary()


def saved_along(linked: Linked, operation: str, cls: Scope, rule: str) -> Iterator[Consequence]:
    """What saving a row does to its translations; methods that change rows without their objects do nothing."""
    known = _TRANSLATIONS.get(linked.program)
    if known is None:
        known = _TRANSLATIONS[linked.program] = {}
        for translation in linked.application_classes():
            model = translated_model(linked, translation)
            if model is not None:
                known[model.index] = translation
    if operation in _CHANGES and cls.index in known and not sends_none(rule):
        yield Consequence(operation, known[cls.index])
