"""The words that name things: those of tables, of modules and packages, of paths and of code."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

from decompose.system.model import System
from decompose.system.words import singular, words_of

Word = tuple[str, str]
"""The stem of a word and the word itself."""
Phrases = tuple[tuple[str, ...], ...]
"""The words of several names of one thing, each in their order."""

_NEARLY_ALWAYS = 0.6
_JOINS = 2
_SEVERAL = 3
TECHNICAL = frozenset(
    """app apps api view views model models service services manager repository repositories schema schemas form forms
    serializer serializers task tasks test util utils common core base admin list detail create update delete get post
    put any html http request response error errors handler mixin config field fields route routes url urls data item
    items type types table tables command commands dao daos abstract default defaults json set add edit new index src lib com main
migration migrations shared helper helpers management constant constants wrapper wrappers signals exception exceptions
controller controllers dependencies router routers blueprint blueprints
validator validators decorator decorators middleware middlewares fixture fixtures testing templatetag templatetags
processor processors receivers function functions operation operations filters mixins kit cli web sqlalchemy django flask
fastapi celery alembic cmd conf opt opts""".split()
)


OF_DATABASES = frozenset("data field index item record schema table type".split())
"""Words that say nothing of a service even where a table is called so, as ``table`` where tables are listed in one."""
_VALUE = re.compile(r"<[^>]*>|\{[^}]*\}")


class NameOfTable(NamedTuple):
    """The label of the app that a table is of, where it has one, and the words of the table's own name in their order."""

    label: str
    words: tuple[str, ...]
    of_library: bool = False

    def telling(self) -> set[Word]:
        """What both of them say."""
        return {
            *(telling(" ".join(self.words)) or {(singular(part), part) for part in self.words}),
            *telling(self.label),
        }


def names_of_tables(system: System) -> dict[str, NameOfTable]:
    """The names of tables, none of those that only join others, which are named after these."""
    keys = Counter(key.table for key in system.foreign_keys)
    models = {table.name: table.model.rpartition(":")[2].rpartition(".")[2] for table in system.tables}
    between = {table.name for table in system.tables if table.between}
    of_libraries = {table.name for table in system.tables if not table.file}
    of_apps = (name.removesuffix(f"_{models[name].lower()}") for name in models if models[name])
    labels = sorted({label for label in of_apps if label not in models})
    found = {}
    for name, model in models.items():
        if name in between or (not model and keys[name] >= _JOINS):
            continue
        label = next((label for label in labels if name.startswith(f"{label}_")), "")
        # The label of a library's app says nothing about this application.
        of_library = name in of_libraries and "_" in name
        own = name.partition("_")[2] if of_library and not label else name.removeprefix(f"{label}_")
        found[name] = NameOfTable(label, _own_words(own, model, whole=own == name), of_library)
    return _without_common_prefix(found)


def _without_common_prefix(found: dict[str, NameOfTable]) -> dict[str, NameOfTable]:
    """The names without a first word that nearly all of them begin with: that of the product, or of its framework."""
    first = Counter(words_of(table)[:1] for table in found)
    common = {words for words, count in first.items() if count > _NEARLY_ALWAYS * len(found)}
    return {
        table: name._replace(words=name.words[1:]) if len(name.words) > 1 and name.words[:1] in common else name
        for table, name in found.items()
    }


def _own_words(name: str, model: str, *, whole: bool) -> tuple[str, ...]:
    """The words of the model's name where it has more of them than the table's: ``oauth_session`` says where ``OAuthSession`` has its
    words, ``jobs`` of ``ORMJob`` says the same in less, and ``salesorder`` of ``SalesOrder`` does not say where one ends.
    """
    of_table, of_model = words_of(name), words_of(model)
    alike = "_" in name and singular(name.replace("_", "")) == singular(model.lower())
    shorter = whole and {singular(word) for word in of_table} < {singular(word) for word in of_model}
    return of_table if alike or shorter or not of_model else of_model


def neighbours_of(stem: str, said_by: Mapping[Phrases, int]) -> tuple[Counter[tuple[str, str]], int]:
    """The pairs of stems in which one stands beside others in phrases, with the number of things that say so, and how many say the stem at
    all; ``said_by`` is how many things say which phrases.
    """
    pairs: Counter[tuple[str, str]] = Counter()
    saying = 0
    for phrases, things in said_by.items():
        found: set[tuple[str, str]] = set()
        stems_of = [[singular(part) for part in phrase] for phrase in phrases]
        telling_of = [stems for stems in stems_of if stem in stems]
        saying += things * bool(telling_of)
        for stems in telling_of:
            at = stems.index(stem)
            found |= {(part, stem) for part in stems[:at][-1:]} | {(stem, part) for part in stems[at + 1 :][:1]}
        for pair in found:
            pairs[pair] += things
    return pairs, saying


def words_of_product(system: System, names: Mapping[str, NameOfTable]) -> set[str]:
    """The stems with which several of the outermost packages begin, as ``shop`` in ``shop``, ``shop_mail`` and ``shop_search``: these are
    all of the product. What a table alone is called is a thing, however many packages are about it.
    """
    outermost = {unit.module.partition(".")[0] for unit in system.units}
    first = Counter(singular(words[0]) for package in sorted(outermost) if (words := words_of(package)))
    things = {singular(name.words[0]) for name in names.values() if len(name.words) == 1}
    return {stem for stem, count in first.items() if count >= _SEVERAL} - things


class Places:
    """The telling words of where modules are: of what is above nearly all of them none."""

    def __init__(self, system: System) -> None:
        modules = Counter(unit.module for unit in system.units)
        found = {module: telling(module) for module in modules}
        spread: Counter[Word] = Counter()
        for module, words in found.items():
            spread.update(dict.fromkeys(words, modules[module]))
        everywhere = {word for word, units in spread.items() if units > _NEARLY_ALWAYS * modules.total()}
        self._words = {module: words - everywhere for module, words in found.items()}

    def of(self, module: str) -> set[Word]:
        """The words of a module's name and of the packages around it."""
        return self._words.get(module, set())


def telling(text: str) -> set[Word]:
    """The words of a text, but for those of technique."""
    return {(singular(word), word) for word in words_of(text) if word not in TECHNICAL}


def path_of_entry(name: str) -> str:
    """The path or name of an entry point, without its method and what stands for values."""
    return _VALUE.sub("/", name.partition(" ")[2] or name)


def words_of_entry(name: str) -> set[Word]:
    """The telling words of an entry point's path or name."""
    return telling(path_of_entry(name))


def context_of(entry: str) -> str:
    """The business context of an entry point: the first telling word of its path or name, or nothing."""
    return next((singular(word) for word in words_of(path_of_entry(entry)) if word not in TECHNICAL), "")
