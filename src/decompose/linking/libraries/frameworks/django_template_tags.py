"""Tags and filters of Django's templates: registered, they run when a template is rendered that uses them."""

from __future__ import annotations

from decompose.linking.libraries.framework import Example, Framework

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

FRAMEWORK = Framework(
    name="Django's template tags",
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
