"""What the files of tests name of the application: modules, definitions and paths."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from decompose.sources import SourceTree
from decompose.sources.reading import read_file
from decompose.system.model import TestFile

_IMPORT = re.compile(
    rb"^[ \t]*(?:from[ \t]+([\w.]+)[ \t]+import[ \t]+(\([^)]*\)|[^\n#]+)|import[ \t]+([^\n#]+))", re.MULTILINE
)
_HAS_TESTS = re.compile(
    rb"^[ \t]*(?:async[ \t]+)?def[ \t]+test|^class[ \t]+(?:Test(?!Case\b|Runner\b)\w*|\w*Tests?)\b|^>>>|^[ \t]+>>>",
    re.MULTILINE,
)
_PATH = re.compile(rb"[\"'](/[\w/{}<>:.-]+)[\"'/?]")
_MAX_TESTED_PATHS = 200


def tests_of(tree: SourceTree, modules: frozenset[str]) -> Iterator[TestFile]:
    """The files with tests that import some of the ``modules``, or ask for a path."""
    for file in tree.files:
        if file.role != "test":
            continue
        try:
            data = read_file(Path(tree.base, file.path))
        except OSError:
            continue
        if not _HAS_TESTS.search(data):
            continue  # fixtures and factories help tests and are none
        imported: set[str] = set()
        by_name: set[str] = set()
        for start, names, plain in _IMPORT.findall(data):
            if start:
                module = start.decode()
                wanted = {n.strip().partition(b" ")[0].decode(errors="replace") for n in names.strip(b"()").split(b",")}
                found = {f"{module}.{name}" for name in wanted} & modules
                imported |= found or ({module} & modules)
                if module in modules:
                    by_name |= {f"{module}:{name}" for name in wanted if name and f"{module}.{name}" not in modules}
            else:
                imported |= {n.strip().partition(b" ")[0].decode(errors="replace") for n in plain.split(b",")} & modules
        paths = sorted({path.decode(errors="replace") for path in _PATH.findall(data)})[:_MAX_TESTED_PATHS]
        if imported or paths:
            yield TestFile(
                file=file.path, modules=tuple(sorted(imported)), paths=tuple(paths), names=tuple(sorted(by_name))
            )
