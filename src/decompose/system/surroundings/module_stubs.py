"""What stubs tell of modules that answer by a ``__getattr__`` of the module: ``names.pyi`` beside ``names.py``."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from pathlib import Path

from decompose.facts import FileFacts, extract
from decompose.sources import SourceFile, SourceTree, Unparsable, parse
from decompose.sources.reading import read_file


def module_stubs(tree: SourceTree, application: Iterable[tuple[SourceFile, FileFacts]]) -> dict[str, FileFacts]:
    """Module -> what its stub imports. What a stub declares has no body here, and is not taken."""
    stubs = frozenset(tree.stub_files)
    found: dict[str, FileFacts] = {}
    for file, facts in application if stubs else ():
        if f"{file.path}i" in stubs and facts.scopes and "__getattr__" in facts.scopes[0].names:
            imports = _imports(Path(tree.base, f"{file.path}i"))
            if imports:
                found[file.module] = extract(ast.Module(imports, []))
    return found


def _imports(path: Path) -> list[ast.stmt]:
    try:
        tree = parse(read_file(path))
    except (OSError, Unparsable):
        return []  # a stub never runs: without it the names stay unknown, and are counted
    return [statement for statement in tree.body if isinstance(statement, ast.Import | ast.ImportFrom)]
