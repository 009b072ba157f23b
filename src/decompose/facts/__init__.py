"""One file's syntax tree -> `FileFacts`: a small, final form of everything that matters; nothing looks at the tree again."""

from decompose.facts.collect import Collected, collect_facts
from decompose.facts.extract import extract
from decompose.facts.records import HOLE, FileFacts, Op, ScopeFacts, ScopeKind

__all__ = ["HOLE", "Collected", "FileFacts", "Op", "ScopeFacts", "ScopeKind", "collect_facts", "extract"]
