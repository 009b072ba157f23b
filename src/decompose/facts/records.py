"""What is kept of a file: scopes, and for each scope a short list of operations on numbered values.

A *node* is a numbered value inside one scope (`0 <= node < ScopeFacts.nodes`). An operation defines or connects
nodes; it has lost everything that does not carry functions, classes, modules, instances or SQL text.
Within straight-line code a variable is the node last assigned to it; where paths meet a new node joins them,
so a variable used for two things in turn does not mix them up.

A *ref* is what an operation takes as input:

    int >= 0            a node
    -1                  a value of no interest (data)
    str                 a string constant; `HOLE` stands where an unknown value is spliced in
    ["c", value]        another constant: number, bool, None, or list/tuple/dict of constants (behind those of a tuple: "tuple")
    ["c", "slice", ...] a slice, as the index of an item; behind it the bounds, where they are known
    ["c", "field", n]   as the index of an item: the n-th field that the class of the object lists for patterns
    ["*", ref]          a starred positional argument
"""

from __future__ import annotations

from typing import Any, Final

import msgspec

EXTRACTOR_VERSION = 51
"""Part of the cache key: facts of another version are made again."""

HOLE = "\ufffc"
"""Stands in a string constant for a spliced-in value that is not known."""

PARTS = frozenset({"slice", "field"})
"""Second in a ref, these words make it an index that is no constant."""

Ref = Any  # int | str | list: mixed on purpose, to be small; the forms are listed above


class Op:
    """The operations; behind each the layout of its list after the code. ``line`` is always last.

    Plain numbers, as are the kinds below: each operation is asked many times what it is, and Python 3.11 takes five times as long
    to find a member of an enumeration.

    The operators of BINARY are the names of special methods without underscores, also where there is no right side:
    ``bool`` for a test, ``format`` for a value in a string, ``delitem``, ``aiter`` beside what an asynchronous loop goes through,
    and ``iadd`` and the like; besides them ``sent`` for what a generator is sent, ``returned`` for what the generator on the left
    returns in the end, and ``caught`` for an exception of the classes on the left.
    """

    COPY: Final = 0  # dst, src
    ATTRIBUTE: Final = 1  # dst, base, name, line
    SET_ATTRIBUTE: Final = 2  # base, name, src, line
    CALL: Final = 3  # dst, function, [argument], [[keyword or None, argument]], line
    ITEM: Final = 4  # dst, base, index, line
    SET_ITEM: Final = 5  # base, index, src, line
    ITERATE: Final = 6  # dst, base, line
    CONTAINER: Final = 7  # dst, kind ("list", "tuple", "set", "dict"), [element], [key] or None, line
    FUNCTION: Final = 8  # dst, scope
    CLASS: Final = 9  # dst, scope
    IMPORT: Final = 10  # dst, level, module, only for types, line
    FROM: Final = 11  # dst, level, module, name, only for types, line
    FREE: Final = 12  # dst, name, line
    ENTER: Final = 13  # dst, manager, line
    NARROW: Final = 14  # dst, src, class, or ["!", class]: anything else
    BINARY: Final = 15  # dst, left, right, operator, line
    TYPED: Final = 16  # dst, annotation; where a node is assigned as well, behind it [that node]
    IMPORT_STAR: Final = 17  # level, module, line
    SET_FREE: Final = 18  # name, src
    DECORATE: Final = 19  # dst, decorator, decorated, line
    RAISE: Final = 20  # what is raised, line
    TYPE_VARIABLE: Final = 21  # dst, name, annotation of what is assumed of it or None


class ScopeKind:
    """What a scope is the body of."""

    MODULE: Final = 0
    CLASS: Final = 1
    FUNCTION: Final = 2
    LAMBDA: Final = 3


class ParameterKind:
    """How a parameter takes its arguments."""

    POSITIONAL: Final = 0
    KEYWORD: Final = 1
    STAR: Final = 2
    STAR_STAR: Final = 3


class ScopeFacts(msgspec.Struct, array_like=True):
    """One module, class or function body.

    ``names`` maps a name to its ref at the end of the body (for a function only names that inner scopes use).
    ``bases``, ``keywords``, ``decorators`` and parameter defaults are refs of the parent scope.
    ``parameters`` are ``[name, node, annotation or None, default ref or None, ParameterKind]``.
    Annotations are trees: ``["n", name]``, ``["a", tree, attribute]``, ``["s", tree, [tree]]``, ``["u", [tree]]``,
    ``["l", [tree]]``, ``["c", constant]``; behind the type in ``Annotated`` also ``["k", tree, [tree]]``, a call. ``flavour`` of a method: ``static``, ``class``, ``property``, ``hybrid`` (a
    property of the class too), ``setter``, ``deleter``, ``expression`` (what a hybrid is in SQL; these stand beside the property as ``NAME.FLAVOUR``) or
    empty; the decorators that say so are not repeated as operations. Of a class: ``types``, where only type checkers see it. ``templates``: text with holes that begins like SQL, or has no blanks -> the
    refs of what is put into the holes. ``guards``: name -> trees of the classes that a function asks for at its beginning, see `facts.guards`.
    ``switches``: the lines that run only for some values of an argument, see `facts.switches`; ``returning``, where there are any: each ref that
    is returned with the ``[name, constants]`` of arguments for which it is not. ``coroutine``: whether it is written ``async``; ``made_for``: a parameter
    of the function around, and whether this one is there for coroutine functions only, or for all others only, see `facts.coroutines`.
    ``alone``: the lines that run only for some of what a decorator is given, see `facts.alone`.
    ``unless_given``: ``[first line, last line, name]`` of what makes an argument that is not given, see `facts.switches`.
    """

    kind: int
    name: str
    qualname: str
    parent: int
    line: int
    end_line: int
    nodes: int = 0
    ops: list[list[Any]] = []
    names: dict[str, Ref] = {}
    parameters: list[list[Any]] = []
    returns: list[Ref] = []
    yields: list[Ref] = []
    return_annotation: list[Any] | None = None
    annotations: dict[str, list[Any]] = {}
    bases: list[Ref] = []
    base_annotations: list[list[Any]] = []
    keywords: list[list[Any]] = []
    decorators: list[Ref] = []
    flavour: str = ""
    terms: list[str] = []
    templates: dict[str, list[Ref]] = {}
    guards: dict[str, list[Any]] = {}
    switches: list[list[Any]] = []
    returning: list[list[Any]] = []
    coroutine: bool = False
    made_for: list[Any] = []
    alone: list[list[Any]] = []
    unless_given: list[list[Any]] = []


class FileFacts(msgspec.Struct, array_like=True):
    """Everything kept of one file. ``scopes[0]`` is the module; empty when the file could not be parsed.

    ``packages`` are the first names of all absolute imports, ``attributes`` the names of all attributes that are set,
    ``stars`` the ``[level, module]`` of star imports. ``loops`` are the first and last lines of loop bodies, ``looped`` the calls inside comprehensions,
    ``dropped`` the calls whose result nothing is done with, as ``[line, last name of what is called]``, ``entered`` those whose result a
    ``with`` statement enters, alike, ``raising`` the numbers of
    scopes that raise an exception of their own. ``imported`` are ``[level, module, name]`` of all imports but stars, each once; the name
    is empty for a whole module. ``blocks``: each ``with`` statement, and the first and last line of its body. ``arms``: what runs on some paths only, as
    ``[first line, last line, branching, whether it returns or raises]``; arms of one branching exclude each other, and if its number is
    positive one of them is always taken. ``yielding``: the lines of ``yield``. ``conditions``: ``[first line, last line, name]`` of what
    runs only where something of that name is true, see `facts.conditions`. ``stated``: ``[text, line]`` of the dotted names in the
    constants of a module.
    """

    scopes: list[ScopeFacts]
    error: str = ""
    error_line: int = 0
    packages: list[str] = []
    attributes: list[str] = []
    stars: list[list[Any]] = []
    loops: list[list[int]] = []
    dropped: list[list[Any]] = []
    raising: list[int] = []
    imported: list[list[Any]] = []
    looped: list[list[Any]] = []
    blocks: list[list[int]] = []
    arms: list[list[int]] = []
    yielding: list[int] = []
    entered: list[list[Any]] = []
    conditions: list[list[Any]] = []
    stated: list[list[Any]] = []
