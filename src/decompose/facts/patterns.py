"""Patterns of ``match`` -> the names that they bind and the classes that they ask for."""

from __future__ import annotations

import ast

from decompose.facts.annotations import annotation_tree
from decompose.facts.expressions import ExpressionVisitor
from decompose.facts.records import Op, Ref


class PatternVisitor(ExpressionVisitor):
    """Takes the subject of a ``match`` apart as its patterns do."""

    def pattern(self, pattern: ast.pattern, subject: Ref, expression: ast.expr | None) -> None:
        """What a pattern binds; ``expression`` is that of the subject where the pattern sees the whole of it."""
        match pattern:
            case ast.MatchValue(value=value):
                self.ref(value)
            case ast.MatchAs(pattern=inner, name=name):
                if inner is not None:
                    self.pattern(inner, subject, expression)
                    classes = _classes(inner)
                    if classes:
                        subject = self._narrowed(classes, subject)
                if name:
                    self.scope.assign(name, subject)
            case ast.MatchClass(cls=cls, patterns=patterns, kwd_attrs=attributes, kwd_patterns=keyword_patterns):
                self.ref(cls)
                narrowed = self._narrowed([cls], subject)
                if isinstance(expression, ast.Name) and expression.id not in self.scope.outer_names:
                    self.scope.environment[expression.id] = narrowed
                for position, inner in enumerate(patterns):
                    self.pattern(inner, self._part(narrowed, ["c", "field", position], inner.lineno), None)
                for attribute, inner in zip(attributes, keyword_patterns, strict=True):
                    part = self.emit(Op.ATTRIBUTE, narrowed, attribute, cls.lineno) if narrowed != -1 else -1
                    self.pattern(inner, part, None)
            case ast.MatchOr(patterns=patterns):
                for inner in patterns:
                    self.pattern(inner, subject, None)
            case ast.MatchSequence(patterns=patterns):
                starred = next((i for i, p in enumerate(patterns) if isinstance(p, ast.MatchStar)), len(patterns))
                for position, inner in enumerate(patterns):
                    index: Ref = ["c", position] if position < starred else -1
                    if isinstance(inner, ast.MatchStar):
                        index = ["c", "slice", position] if position == len(patterns) - 1 else ["c", "slice"]
                    self.pattern(inner, self._part(subject, index, inner.lineno), None)
            case ast.MatchStar(name=name):
                if name:
                    self.scope.assign(name, subject)
            case ast.MatchMapping(keys=keys, patterns=patterns, rest=rest):
                for key, inner in zip(keys, patterns, strict=True):
                    self.pattern(inner, self._part(subject, self.ref(key), inner.lineno), None)
                if rest:
                    self.scope.assign(rest, subject)

    def _part(self, subject: Ref, index: Ref, line: int) -> Ref:
        return self.emit(Op.ITEM, subject, index, line) if type(subject) is int and subject >= 0 else -1

    def _narrowed(self, classes: list[ast.expr], subject: Ref) -> Ref:
        trees = [tree for tree in map(annotation_tree, classes) if tree is not None]
        if not trees or type(subject) is not int or subject < 0:
            return subject
        return self.emit(Op.NARROW, subject, trees[0] if len(trees) == 1 else ["u", trees])


def _classes(pattern: ast.pattern) -> list[ast.expr]:
    """The classes that a pattern is one of; none where it may be something else."""
    if isinstance(pattern, ast.MatchClass):
        return [pattern.cls]
    inner = [_classes(each) for each in pattern.patterns] if isinstance(pattern, ast.MatchOr) else []
    return [cls for classes in inner for cls in classes] if all(inner) else []
