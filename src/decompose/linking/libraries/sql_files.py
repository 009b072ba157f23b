"""Libraries that load SQL whose statements have names, from files or from text, and give an object with a method for each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from decompose.facts.records import Ref
from decompose.linking.frames import Site
from decompose.linking.linked import Linked

_LOADERS = {
    ("aiosql", "from_path"): (0, "sql_path"),
    ("anosql", "from_path"): (0, "sql_path"),
    ("anosql", "load_queries"): (1, "filename"),
    ("pugsql", "module"): (0, "sqlpath"),
}
"""Module and function -> the place and the name of the parameter that is the path of a file or of a folder."""

_TEXT_LOADERS = {
    ("aiosql", "from_str"): (0, "sql"),
    ("anosql", "from_str"): (0, "sql"),
    ("anosql", "load_queries_from_string"): (1, "sql"),
}
"""The same for functions that are given the statements themselves."""

_ALL_LOADERS = {*_LOADERS, *_TEXT_LOADERS}
_MODULES = {module for module, _ in _ALL_LOADERS}

NAMED = re.compile(r"^[ \t]*--[ \t]*(?:name[ \t]*:|:name[ \t])[ \t]*([\w-]+)[^\n]*$", re.MULTILINE)
"""The line before a statement that names it: ``-- name: get_user^``, ``-- :name get_user :one``."""

_SUFFIXES = ("_cursor",)
"""Endings of methods that run the same statement in another way."""


class NamedCall(NamedTuple):
    """A call of a statement by its name, which is the last of ``names``; those before are folders and files."""

    site: Site
    names: tuple[str, ...]


class LoadedStatements(NamedTuple):
    """A call that loads statements; ``told`` is the argument that says which: the path of files, or with ``text`` themselves."""

    site: Site
    told: Ref
    text: bool


def query_name(name: str) -> str:
    """A statement's name as the method is called."""
    return name.replace("-", "_")


def method_names(name: str) -> Iterator[str]:
    """The statements that a method may run."""
    yield name
    for suffix in _SUFFIXES:
        if name.endswith(suffix):
            yield name.removesuffix(suffix)


def loaded_statements(linked: Linked) -> Iterator[LoadedStatements]:
    """Where named statements are loaded."""
    for site, module, name in _calls_of_loaders(linked):
        text = (module, name) in _TEXT_LOADERS
        parameter = (_TEXT_LOADERS if text else _LOADERS).get((module, name))
        if parameter is not None and not site.frame.scope.library:
            yield LoadedStatements(site, site.argument(*parameter), text)


def named_calls(linked: Linked) -> Iterator[NamedCall]:
    """Calls of statements by their names."""
    for site, module, name in _calls_of_loaders(linked):
        function, called, rest = name.partition("().")
        if called and (module, function) in _ALL_LOADERS and "(" not in rest and not site.frame.scope.library:
            yield NamedCall(site, tuple(rest.split(".")))


def _calls_of_loaders(linked: Linked) -> Iterator[tuple[Site, str, str]]:
    """Calls of what belongs to one of the libraries."""
    return (found for found in linked.external_sites() if found[1] in _MODULES)
