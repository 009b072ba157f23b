"""Library summaries: stub files that say what a library's functions return and do.

A summary is an ordinary stub (``NAME.pyi``, named by the dotted module) whose functions may carry effects:

    @reads("T"), @inserts("T"), @updates("T"), @deletes("T")   the rows of the class bound to T (or ``Self``)
    @reads("T", "J")                the rows of T are loaded; those of J, and of more, are looked at on the way
    @scans("T")                     the rows are looked at and not loaded, so nothing is loaded along with them
    @builds("read", "T")            a query is made here and runs elsewhere
    @cascades("T"), @cascades_of_query("T")   deletes what depends on the rows, one row's or those a query selects
    @joins("J", "U")                J stands for what U stands for, too
    @looks_up("J", "T", "N")        J gains what is touched by lookups from T across relations, such as
                                    ``customer__name``: string arguments, names of keywords, and the names in N
    @loads_along("J", "T", "N")     the same for relations that are loaded along, whose rows are read to the last
    @names("N")                     N gains the string arguments and the names of keywords
    @executes("statement")          the argument is run: SQL text, or a statement object
    @transaction("session")         opens or ends a transaction of that kind
    @invokes("F", "task")           the function bound to F runs, by this kind of call
    @calls_back("key", "T")         the argument is called, with values of T (and so on)
    @compares("T")                  values of T are compared with each other
    @keeps("wrapped")               the argument is only kept, never called
    @asks("thing", "__len__")       the first of these special methods that the argument has is called

``decompose.Reference[T]`` as a parameter's type means that a class may be given by its name in a string;
``decompose.TableName[T]`` that the string is the name of the table that T stands for from there on.
After ``joins`` and its like ``Self`` is the receiver's class with the type arguments that its variables have by then.
``__calls_nothing__`` in a class body: code outside calls none of the methods that subclasses define.
``__container__ = "list"`` in a class body: what it makes is followed like the language's own container of that kind.
"""

from __future__ import annotations

import ast
from functools import lru_cache
from importlib import metadata, resources
from typing import TYPE_CHECKING

from decompose.facts import FileFacts, extract

if TYPE_CHECKING:
    from collections.abc import Iterator

ENTRY_POINT_GROUP = "decompose.summaries"
"""Third parties add summaries with an entry point of this group: a function returning ``{module: stub text}``."""

_OWN = "from typing import Generic, TypeVar\nT = TypeVar('T')\nclass Reference(Generic[T]): ...\nclass TableName(Generic[T]): ...\n"


@lru_cache(maxsize=1)
def load_summaries() -> tuple[tuple[str, FileFacts], ...]:
    """Module name and facts of every summary, the built-ins' first."""
    texts = dict(_shipped())
    for entry_point in metadata.entry_points(group=ENTRY_POINT_GROUP):
        texts.update(entry_point.load()())
    texts["decompose"] = _OWN
    names = sorted(texts, key=lambda name: (name != "builtins", name))
    return tuple((name, extract(ast.parse(texts[name]))) for name in names)


def _shipped() -> Iterator[tuple[str, str]]:
    folder = resources.files("decompose.linking.libraries") / "stubs"
    for file in folder.iterdir():
        if file.name.endswith(".pyi"):
            yield file.name.removesuffix(".pyi"), file.read_text(encoding="utf-8")
