"""Libraries that load files of SQL whose statements have names, and give an object with a method for each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from decompose.facts.records import Ref
from decompose.linking.frames import Site
from decompose.linking.linked import Linked

_LOADERS = {
    ("aiosql", "from_path"): "sql_path",
    ("anosql", "from_path"): "sql_path",
    ("anosql", "from_queries"): "sql_path",
    ("pugsql", "module"): "path",
}
"""Module and function -> the name of its first parameter, the path of a file or of a folder."""

NAMED = re.compile(r"^[ \t]*--[ \t]*(?:name[ \t]*:|:name[ \t])[ \t]*([\w-]+)[^\n]*$", re.MULTILINE)
"""The line before a statement that names it: ``-- name: get_user^``, ``-- :name get_user :one``."""

_SUFFIXES = ("_cursor",)
"""Endings of methods that run the same statement in another way."""


class NamedCall(NamedTuple):
    """A call of a statement by its name, which is the last of ``names``; those before are folders and files."""

    site: Site
    names: tuple[str, ...]


class LoadedFiles(NamedTuple):
    """A call that loads files; ``path`` is the argument that says which."""

    site: Site
    path: Ref


def query_name(name: str) -> str:
    """A statement's name as the method is called."""
    return name.replace("-", "_")


def method_names(name: str) -> Iterator[str]:
    """The statements that a method may run."""
    yield name
    for suffix in _SUFFIXES:
        if name.endswith(suffix):
            yield name.removesuffix(suffix)


def loaded_files(linked: Linked) -> Iterator[LoadedFiles]:
    """Where files of named statements are loaded."""
    for site, module, name in linked.external_sites():
        parameter = _LOADERS.get((module, name))
        if parameter is not None and not site.frame.scope.library:
            yield LoadedFiles(site, site.argument(0, parameter))


def named_calls(linked: Linked) -> Iterator[NamedCall]:
    """Calls of statements by their names."""
    for site, module, name in linked.external_sites():
        function, called, rest = name.partition("().")
        if called and (module, function) in _LOADERS and "(" not in rest and not site.frame.scope.library:
            yield NamedCall(site, tuple(rest.split(".")))
