"""Files that are written for tests and that only tests import, wherever they lie: told by imports, not by names of folders."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from decompose.facts import FileFacts
from decompose.linking.libraries.surroundings import is_for_tests, is_loaded_by_name
from decompose.sources import SourceFile, SourceTree
from decompose.sources.reading import read_file

MOST = 0.1
"""More of the application's lines than this are no test code, whatever they import: what enters them is not in view."""

_IMPORT = re.compile(
    rb"^[ \t]*(?:from[ \t]+(\.*)([\w.]*)[ \t]+import[ \t]+(\([^)]*\)|[^\n#]+)|import[ \t]+([^\n#]+))", re.MULTILINE
)


def with_test_code(tree: SourceTree, read: Sequence[tuple[SourceFile, FileFacts]]) -> SourceTree:
    """The tree, where files of the application that import what is for tests, and that only tests and each other import, are tests.

    ``read``: the files of the application with their facts.
    """
    found = _written_for_tests(tree, read)
    if not found:
        return tree
    imports = {file.module: _imports(file, facts) for file, facts in read}
    while left := {m for module, asked in imports.items() if module not in found for m in asked & found}:
        found -= left
    found = _come_to(imports, found, _imported_by_tests(tree, found) if found else set())
    lines = sum(file.lines for file, _ in read)
    if sum(file.lines for file, _ in read if file.module in found) > MOST * lines:
        return tree
    files = [
        msgspec.structs.replace(file, role="test") if file.role == "application" and file.module in found else file
        for file in tree.files
    ]
    return msgspec.structs.replace(tree, files=tuple(files))


def _written_for_tests(tree: SourceTree, read: Sequence[tuple[SourceFile, FileFacts]]) -> set[str]:
    """Modules that import what is for tests, and those of packages that give on such modules."""
    found = {file.module for file, facts in read if _imports_tools(facts)}
    packages = {
        file.module
        for file, facts in read
        if found and file.is_package and any(_is_inside(m, file.module) for m in _imports(file, facts) & found)
    }
    found |= {file.module for file, _ in read if file.module in packages or _package_of(file) in packages}
    declared = {entry.target.partition(":")[0] for entry in tree.declared}
    return {module for module in found - declared if not is_loaded_by_name(module)}


def _come_to(imports: Mapping[str, set[str]], among: set[str], starts: set[str]) -> set[str]:
    """Those ``among`` some modules that are imported by ``starts``, or by such."""
    seen = starts & among
    stack = list(seen)
    while stack:
        following = (imports[stack.pop()] & among) - seen
        seen |= following
        stack += following
    return seen


def _imports_tools(facts: FileFacts) -> bool:
    return any(is_for_tests(f"{module}.{name}") for level, module, name in facts.imported if not level) or any(
        is_for_tests(f"{module}.") for level, module in facts.stars if not level
    )


def _imports(file: SourceFile, facts: FileFacts) -> set[str]:
    """The modules that a file may import, by every name that an import may mean."""
    return {
        name
        for level, module, inner in (*facts.imported, *((level, module, "") for level, module in facts.stars))
        for name in _named(file, level, module, inner)
    } - {file.module}


def _imported_by_tests(tree: SourceTree, wanted: set[str]) -> set[str]:
    """The same of all files of tests that name some of the wanted modules; these files are not parsed."""
    found: set[str] = set()
    named = re.compile("|".join(sorted(re.escape(module.rpartition(".")[2]) for module in wanted)).encode())
    for file in tree.files:
        if file.role == "test":
            for level, module, inner in _read_imports(Path(tree.base, file.path), named):
                found.update(_named(file, level, module, inner))
    return found


def _read_imports(path: Path, named: re.Pattern[bytes]) -> Iterator[tuple[int, str, str]]:
    try:
        data = read_file(path)
    except OSError:
        return
    for dots, start, names, plain in _IMPORT.findall(data) if named.search(data) else ():
        for name in (names or plain).strip(b"()").split(b","):
            word = name.strip().partition(b" ")[0].decode(errors="replace")
            yield (len(dots), start.decode(), word) if names else (0, word, "")


def _named(file: SourceFile, level: int, module: str, inner: str) -> Iterator[str]:
    parts = file.module.split(".") if file.is_package else file.module.split(".")[:-1]
    around = parts[: len(parts) - level + 1] if level else []
    base = ".".join((*around, *(module.split(".") if module else ())))
    yield base
    if inner:
        yield f"{base}.{inner}"


def _package_of(file: SourceFile) -> str:
    return file.module.rpartition(".")[0]


def _is_inside(module: str, package: str) -> bool:
    return module.startswith(f"{package}.")
