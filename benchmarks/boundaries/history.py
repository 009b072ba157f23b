"""Labels of monoliths that their owners later did split, read off the commits that took the parts away.

    python benchmarks/boundaries/history.py REPOSITORY COMMIT SERVICE=PATTERN[@PATHS] ... [--stays NAME]    # the labels, as CSV

What a later commit whose subject matches ``PATTERN`` deletes, in whole files or as single top-level definitions, went to ``SERVICE``; a
``*`` as ``SERVICE`` takes the name from the first group of the pattern. Where one commit took several parts away, ``PATHS`` tells which files
were of which. ``--stays`` labels what stands in the newest state where it stood.
A class that was moved to another file meanwhile is known by its name, if no other definition had it.
Everything else, as what was renamed or rewritten on the way, has no label and is not counted. The labels come out as ``file,definition,service``;
`labelled` gives them to a system, and each table that of its model.
"""

from __future__ import annotations

import argparse
import ast
import csv
import re
import subprocess
import sys
import warnings
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from truth import Case, hidden, system_of

from decompose.system.model import System

Place = tuple[str, str]
"""A file, and the name of a top-level definition in it; the empty name is the file's top-level code."""


class History:
    """A repository with its commits, as git has them."""

    def __init__(self, repository: Path) -> None:
        self._repository = repository

    def _git(self, *arguments: str) -> bytes:
        return subprocess.run(["git", "-C", str(self._repository), *arguments], capture_output=True, check=True).stdout

    def _files(self, commit: str) -> list[str]:
        listed = self._git("ls-tree", "-r", "--name-only", commit).decode().splitlines()
        return [name for name in listed if name.endswith(".py")]

    def _definitions(self, commit: str, file: str) -> set[Place]:
        """What a file defined at a commit; nothing where there was no such file."""
        try:
            source = self._git("show", f"{commit}:{file}").decode("utf-8", "replace")
        except subprocess.CalledProcessError:
            return set()
        return {(file, name) for name in ("", *top_level(source))}

    def taken(self, before: str, pattern: str) -> Iterator[tuple[str, Place]]:
        """Each definition that a later commit with such a subject deleted, and the first group of the pattern."""
        told = self._git("log", "--reverse", "--no-merges", "--format=%H %s", f"{before}..HEAD").decode(
            "utf-8", "replace"
        )
        for line in told.splitlines():
            commit, _, subject = line.partition(" ")
            if found := re.search(pattern, subject):
                changed = self._git("show", "--no-renames", "--diff-filter=MD", "--name-only", "--format=", commit)
                for file in changed.decode().splitlines():
                    if file.endswith(".py"):
                        gone = self._definitions(f"{commit}^", file) - self._definitions(commit, file)
                        yield from ((found[1] if found.groups() else "", place) for place in sorted(gone))

    def staying(self, before: str) -> set[Place]:
        """What is defined where it was."""
        there = set(self._files("HEAD"))
        both = [file for file in self._files(before) if file in there]
        return {place for file in both for place in self._definitions(before, file) & self._definitions("HEAD", file)}

    def defined(self, before: str) -> set[Place]:
        """Everything that is defined."""
        return {place for file in self._files(before) for place in self._definitions(before, file)}


def top_level(source: str) -> list[str]:
    """The names of classes and functions at the left margin, also of code that is not Python of today."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            body = ast.parse(source).body
        except (SyntaxError, ValueError):
            return re.findall(r"^(?:class|def)\s+(\w+)", source, re.MULTILINE)
    return [one.name for one in body if isinstance(one, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef))]


def labels(repository: Path, before: str, services: dict[str, str], stays: str = "") -> dict[Place, str]:
    """Definition -> where it went."""
    history = History(repository)
    then = history.defined(before)
    names = Counter(name for _, name in then)
    moved = {name: (file, name) for file, name in sorted(then) if names[name] == 1 and name[:1].isupper()}
    found = dict.fromkeys(history.staying(before), stays) if stays else {}
    for service, pattern in services.items():
        subject, _, paths = pattern.partition("@")
        for group, place in history.taken(before, subject):
            known = place if place in then else moved.get(place[1])
            if known and re.search(paths, place[0]):
                found[known] = group if service == "*" else service
    return found


def labelled(family: str, folder: Path, file: Path) -> Case:
    """The application in a folder, the labels in a file, and the names of folders hidden."""
    with file.open(newline="", encoding="utf-8") as stream:
        found = {(row["file"], row["definition"]): row["service"] for row in csv.DictReader(stream)}
    system = system_of(folder)
    return hidden(Case(family, folder.name, system, _of_units(system, found)))


def _of_units(system: System, found: dict[Place, str]) -> dict[str, str]:
    expected = {}
    for unit in system.units:
        name = unit.id.partition(":")[2]
        if service := found.get((unit.file, name)):
            expected[unit.id] = service
            if unit.model_of:
                expected[f"table:{unit.model_of}"] = service
    return expected


def main() -> None:
    """Write the labels."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("repository", type=Path)
    parser.add_argument("commit")
    parser.add_argument("services", nargs="+", metavar="SERVICE=PATTERN")
    parser.add_argument("--stays", default="")
    given = parser.parse_args()
    services = dict(one.split("=", 1) for one in given.services)
    out = csv.writer(sys.stdout)
    out.writerow(("file", "definition", "service"))
    found = labels(given.repository, given.commit, services, given.stays)
    out.writerows((*place, service) for place, service in sorted(found.items()))


if __name__ == "__main__":
    main()
