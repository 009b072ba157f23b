"""Tags that extensions of an application's own bring to Jinja: ``{% cache 60 %} ... {% endcache %}``. What stands in them is read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from jinja2 import Environment, TemplateSyntaxError, nodes
from jinja2.ext import Extension

if TYPE_CHECKING:
    from jinja2.parser import Parser

_EXTENSIONS = ("jinja2.ext.do", "jinja2.ext.i18n", "jinja2.ext.loopcontrols")
_KNOWN = frozenset(
    "for if elif else block extends print macro include from import set with autoescape call filter raw do trans pluralize "
    "break continue endfor endif endblock endmacro endset endwith endautoescape endcall endfilter endraw endtrans".split()
)
_TAG = re.compile(r"\{%[-+]?\s*(\w+)")


class _AnyTag(Extension):
    """Reads the ``tags`` that a class of it names: as the tag itself, its arguments as far as they are expressions, and what it is put around."""

    closed: frozenset[str] = frozenset()
    """Those that end with ``end`` and their name."""

    def parse(self, parser: Parser) -> nodes.Node:
        tag = next(parser.stream)
        arguments: list[nodes.Expr] = []
        while parser.stream.current.type != "block_end":
            try:
                arguments.append(parser.parse_expression())
                if not parser.stream.skip_if("comma"):
                    break
            except TemplateSyntaxError:
                break
        while parser.stream.current.type not in ("block_end", "eof"):
            next(parser.stream)
        closed = tag.value in self.closed
        body = parser.parse_statements((f"name:end{tag.value}",), drop_needle=True) if closed else []
        asked = [self.attr(tag.value, lineno=tag.lineno), *arguments]
        return nodes.Scope([*(nodes.ExprStmt(each, lineno=tag.lineno) for each in asked), *body], lineno=tag.lineno)


def parsed_with_tags(text: str) -> nodes.Template:
    """The syntax tree of a template; tags that are not known are asked for as what an extension has by their name.

    Raises `jinja2.TemplateError` where it is no template.
    """
    try:
        return Environment(extensions=_EXTENSIONS).parse(text)  # noqa: S701 - nothing is rendered
    except TemplateSyntaxError:
        used = set(_TAG.findall(text))
        closed = frozenset(tag for tag in used if f"end{tag}" in used)
        tags = used - _KNOWN - {f"end{tag}" for tag in closed}
        if not tags:
            raise
    own = type("_TheseTags", (_AnyTag,), {"tags": tags, "closed": closed})
    return Environment(extensions=[*_EXTENSIONS, own]).parse(text)  # noqa: S701 - nothing is rendered
