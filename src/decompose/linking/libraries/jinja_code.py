"""The text of a Jinja template -> the operations that it does, as if the function that renders it did them itself.

The text is parsed, never compiled or rendered. Every branch counts; templates that it extends, includes and imports are followed,
blocks are those of the innermost template, and macros are followed at each call.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Any, ClassVar

from jinja2 import TemplateError, nodes

from decompose.facts import Op
from decompose.facts.records import Ref
from decompose.linking.libraries.jinja_expressions import TemplateExpressions
from decompose.linking.libraries.jinja_operations import Imported, Known, Loop, Macro, TooDeepError
from decompose.linking.libraries.jinja_tags import parsed_with_tags
from decompose.linking.rendered import ELSEWHERE, Page, Pages, TemplateLine


@cache
def parsed(text: str) -> nodes.Template | tuple[int, str]:
    """The syntax tree of a template; the line and the reason, where it is none."""
    try:
        return parsed_with_tags(text)
    except TemplateError as problem:
        return getattr(problem, "lineno", 0), problem.message or "not the syntax of Jinja"
    except RecursionError:
        return 0, "nested too deeply"


@cache
def _inheritance(text: str) -> tuple[list[nodes.Block], nodes.Extends | None]:
    """The blocks of a template, and what it extends."""
    tree = parsed(text)
    if not isinstance(tree, nodes.Template):
        return [], None
    return list(tree.find_all(nodes.Block)), next(iter(tree.find_all(nodes.Extends)), None)


def forget_parsed() -> None:
    """Give the memory of the syntax trees back."""
    parsed.cache_clear()
    _inheritance.cache_clear()


class TemplateCode(TemplateExpressions):
    """Collects the operations of one rendering, and the ``problems`` with it: places and reasons."""

    def __init__(self, pages: Pages, free: int, line: int, outer: Callable[[Any, str], Ref]) -> None:
        super().__init__(free, line, outer)
        self.pages = pages
        self.problems: list[tuple[TemplateLine, str]] = []
        self._blocks: dict[str, list[tuple[Page, nodes.Block]]] = {}
        self._imported: dict[str, Known] = {}

    # Templates

    def render(self, page: Page, known: Known) -> None:
        """Do what a template does, with the names of its context, as far as it is followed."""
        try:
            self._do(page, known)
        except TooDeepError:
            self.problems.append((TemplateLine(page.file, 0), "a template does more than is followed"))
        except RecursionError:
            self.problems.append((TemplateLine(page.file, 0), "a template is nested too deeply"))

    def _do(self, page: Page, known: Known) -> None:
        outside = self._blocks, self._block, self._page
        self._blocks, self._block = {}, ("", 0)
        self._inherit(page, known)
        self._blocks, self._block, self._page = outside

    def _inherit(self, page: Page, known: Known) -> None:
        tree = self._tree(page)
        self._page = page
        if tree is None:
            return
        blocks, extended = _inheritance(page.text)
        for block in blocks:
            self._blocks.setdefault(block.name, []).append((page, block))
        if extended is None:
            self.body(tree.body, known)
            return
        self.body((s for s in tree.body if not isinstance(s, nodes.Output | nodes.Block | nodes.Extends)), known)
        parent = next((page for page in self._named(extended.template) if self._tree(page) is not None), None)
        if parent is None:
            self._show_own_blocks(known)
        elif self.enter():
            self._inherit(parent, known)
            self._depth -= 1

    def _show_own_blocks(self, known: Known) -> None:
        """The blocks of templates that extend one out of view, such as an installed package's: that one shows them."""
        blocks = [block for ways in self._blocks.values() for _, block in ways]
        inner = {nested.name for block in blocks for nested in block.find_all(nodes.Block)}
        for name in self._blocks:
            if name not in inner:
                self.run_block(name, 0, known)

    def _tree(self, page: Page) -> nodes.Template | None:
        tree = parsed(page.text)
        if not isinstance(tree, nodes.Template):
            line, reason = tree
            self.problems.append((TemplateLine(page.file, line), f"a template cannot be read: {reason}"))
            return None
        return tree

    def _named(self, node: nodes.Expr) -> Iterator[Page]:
        """The templates that an expression names."""
        names = [node.value] if isinstance(node, nodes.Const) else [c.value for c in node.find_all(nodes.Const)]
        found = [page for name in names if isinstance(name, str) and (page := self.pages(name)) is not None]
        if not found:
            computed = "the name of a template is computed"
            said = f"{names[0]} {ELSEWHERE}" if len(names) == 1 else computed
            self.problems.append((TemplateLine(self._page.file, node.lineno), said))
        yield from found[:1] if isinstance(node, nodes.List | nodes.Tuple) else found

    # Statements

    def body(self, statements: Iterable[nodes.Node], known: Known) -> None:
        """Do the statements in turn; names that they set are known from there on."""
        for statement in statements:
            self.step()
            handler = self._STATEMENTS.get(type(statement))
            if handler is not None:
                handler(self, statement, known)

    def _output(self, node: nodes.Output, known: Known) -> None:
        for part in node.nodes:
            if not isinstance(part, nodes.TemplateData):
                self.text(self.ref(part, known))

    def _for(self, node: nodes.For, known: Known) -> None:
        source = self.ref(node.iter, known)
        inner = dict(known)
        self._at = node.lineno
        element = self.element(source)
        if node.recursive:
            elements, element = element, self.node()
            self.copy(element, elements)
        self._assign(node.target, element, inner)
        inner["loop"] = Loop(element)
        if node.test is not None:
            self.ref(node.test, inner)
        self.body(node.body, inner)
        self.body(node.else_, dict(known))

    def _if(self, node: nodes.If, known: Known) -> None:
        self.tested(node.test, known)
        ways = [node.body]
        for other in node.elif_:
            self.tested(other.test, known)
            ways.append(other.body)
        ways.append(node.else_)
        after: list[Known] = []
        for way in ways:
            inner = dict(known)
            self.body(way, inner)
            after.append(inner)
        changed = (name for inner in after for name, value in inner.items() if known.get(name) is not value)
        for name in dict.fromkeys(changed):
            values = [inner[name] for inner in after if name in inner]
            plain = all(isinstance(value, int | str | list) for value in values)
            known[name] = self.join(values) if plain else values[0]

    def _with(self, node: nodes.With, known: Known) -> None:
        inner = dict(known)
        for target, value in zip(node.targets, node.values, strict=True):
            self._assign(target, self.value(value, known), inner)
        self.body(node.body, inner)

    def _macro(self, node: nodes.Macro, known: Known) -> None:
        known[node.name] = Macro(node, self._page, known)

    def _call_block(self, node: nodes.CallBlock, known: Known) -> None:
        inner = {**known, "caller": Macro(node, self._page, known)}
        self._call(node.call, inner, caller=inner["caller"])

    def _filter_block(self, node: nodes.FilterBlock, known: Known) -> None:
        self.body(node.body, dict(known))

    def _scope(self, node: nodes.Scope, known: Known) -> None:
        self.body(node.body, dict(known))

    def _block_of(self, node: nodes.Block, known: Known) -> None:
        self.run_block(node.name, 0, known)

    def run_block(self, name: str, level: int, known: Known) -> None:
        blocks = self._blocks.get(name, [])
        if level < len(blocks) and self.enter():
            outside = self._page, self._block
            self._page, block = blocks[level]
            self._block = (name, level)
            self.body(block.body, dict(known))
            self._page, self._block = outside
            self._depth -= 1

    def _include(self, node: nodes.Include, known: Known) -> None:
        for page in self._named(node.template):
            if self.enter():
                self._do(page, dict(known) if node.with_context else {})
                self._depth -= 1

    def _import(self, node: nodes.Import, known: Known) -> None:
        known[node.target] = Imported(self._names_of(node.template, known if node.with_context else {}))

    def _from_import(self, node: nodes.FromImport, known: Known) -> None:
        names = self._names_of(node.template, known if node.with_context else {})
        for name in node.names:
            asked, alias = name if isinstance(name, tuple) else (name, name)
            known[alias] = names.get(asked, -1)

    def _names_of(self, template: nodes.Expr, known: Known) -> Known:
        """What a template sets at its top; without a context that is the same each time."""
        key = str(template) if not known else ""
        if key in self._imported:
            return self._imported[key]
        names = dict(known)
        for page in self._named(template):
            tree = self._tree(page)
            if tree is not None and self.enter():
                outside, self._page = self._page, page
                self.body((s for s in tree.body if not isinstance(s, nodes.Output | nodes.Block)), names)
                self._page = outside
                self._depth -= 1
        if key:
            self._imported[key] = names
        return names

    def _expression_statement(self, node: nodes.ExprStmt, known: Known) -> None:
        if isinstance(node.node, nodes.ExtensionAttribute):
            place = TemplateLine(self._page.file, node.lineno + self._page.line - 1)
            self.problems.append((place, f"what the tag {node.node.name} of an extension does is not followed"))
            return
        self.ref(node.node, known)

    def _set(self, node: nodes.Assign, known: Known) -> None:
        self._assign(node.target, self.value(node.node, known), known)

    def _set_block(self, node: nodes.AssignBlock, known: Known) -> None:
        self.body(node.body, dict(known))
        self._assign(node.target, -1, known)

    def _assign(self, target: nodes.Node, value: Any, known: Known) -> None:
        if isinstance(target, nodes.Name):
            known[target.name] = value
        elif isinstance(target, nodes.Tuple) and isinstance(value, int) and value >= 0:
            for position, part in enumerate(target.items):
                self._assign(part, self.emit(Op.ITEM, value, ["c", position]), known)

    _STATEMENTS: ClassVar[dict[type[nodes.Node], Callable[[Any, Any, Known], None]]] = {
        nodes.Output: _output,
        nodes.For: _for,
        nodes.If: _if,
        nodes.With: _with,
        nodes.Macro: _macro,
        nodes.CallBlock: _call_block,
        nodes.FilterBlock: _filter_block,
        nodes.Scope: _scope,
        nodes.ScopedEvalContextModifier: _scope,
        nodes.Block: _block_of,
        nodes.Include: _include,
        nodes.Import: _import,
        nodes.FromImport: _from_import,
        nodes.ExprStmt: _expression_statement,
        nodes.Assign: _set,
        nodes.AssignBlock: _set_block,
    }
