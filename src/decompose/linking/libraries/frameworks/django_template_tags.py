"""Tags and filters of Django's templates: registered, they run when a template is rendered that uses them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from decompose.linking.libraries.django_template_rows import is_called_by_templates
from decompose.linking.libraries.django_templates import handed_on
from decompose.linking.libraries.framework import Example, Framework
from decompose.linking.linked import Linked
from decompose.linking.wiring import Given, own_frame

_SUMMARY = """
from typing import TypeVar

from decompose.effects import runs

F = TypeVar("F")

class _Registering:
    @runs("function", "template")
    def __call__(self, function: F) -> F: ...

class Library:
    @runs("name", "template")
    @runs("filter_func", "template")
    def filter(self, name: F = None, filter_func: F = None, **flags) -> F | _Registering: ...
    @runs("filter_func", "template")
    def filter_function(self, filter_func: F, **flags) -> F: ...
    @runs("name", "template")
    @runs("compile_function", "template")
    def tag(self, name: F = None, compile_function: F = None) -> F | _Registering: ...
    @runs("func", "template")
    def simple_tag(self, func: F = None, takes_context=None, name=None) -> F | _Registering: ...
    @runs("func", "template")
    def simple_block_tag(self, func: F = None, takes_context=None, name=None, end_name=None) -> F | _Registering: ...
    @runs("func", "template")
    def assignment_tag(self, func: F = None, takes_context=None, name=None) -> F | _Registering: ...
    def inclusion_tag(self, filename, func=None, takes_context=None, name=None) -> _Registering: ...
"""


def given_by_templates(linked: Linked) -> Iterator[Given]:
    """To tags and filters what the templates that use them give them."""
    called = {scope.index: scope for scope in linked.program.scopes if is_called_by_templates(scope)}
    names = sorted({scope.facts.name for scope in called.values() if scope.facts.parameters})
    if not names:
        return
    concerns = re.compile(rf"\{{%\s*(?:include|extends|{'|'.join(names)})\b|\|\s*(?:{'|'.join(names)})\b")

    def read(name: str) -> str | None:
        page = linked.program.pages(name)
        return page.text if page is not None else None

    for handed in sorted(handed_on(linked, read, lambda text: concerns.search(text) is not None)):
        function = called[handed.function]
        around = own_frame(linked.engine, function.module.top)
        value = linked.values.intern("F", function.index, around.index)
        yield Given(value, handed.parameter, handed.value, handed.key)


FRAMEWORK = Framework(
    name="Django's template tags",
    fixed_wires=(given_by_templates,),
    summaries={"django.template": _SUMMARY, "django.template.base": "from django.template import Library\n"},
    examples=(
        Example(
            """
            from django import template

            register = template.Library()

            @register.filter
            def money(value): return text(value)

            @register.filter(name="up")
            def upper(value): return value

            @register.simple_tag(takes_context=True)
            def total(context): return 1

            @register.inclusion_tag("box.html")
            def box(): return {}

            @register.tag("thing")
            def thing(parser, token): return Thing()

            def plain(value): return value
            register.filter("plain", plain)

            class Thing(template.Node):
                def render(self, context): return text(1)

            def text(value): pass
            """,
            calls=frozenset(
                {
                    "m: -[template]-> m:money",
                    "m: -[template]-> m:upper",
                    "m: -[template]-> m:total",
                    "m: -[template]-> m:box",
                    "m: -[template]-> m:thing",
                    "m: -[template]-> m:plain",
                    "m:thing -[construct]-> m:Thing",
                    "m:Thing -[callback]-> m:Thing.render",
                    "m:Thing.render -[call]-> m:text",
                    "m:money -[call]-> m:text",
                }
            ),
        ),
    ),
    look_alikes=(
        Example(
            """
            import django

            class Library:
                def filter(self, function): return function

            register = Library()

            @register.filter
            def money(value): return value
            """,
            calls=frozenset({"m: -[construct]-> m:Library", "m: -[decorate]-> m:Library.filter"}),
        ),
    ),
)
