"""jsonschema: functions that check the formats that a schema names."""

from __future__ import annotations

from decompose.linking.libraries.framework import Example, Framework

_SUMMARY = """
from typing import TypeVar

from decompose.effects import calls_back

F = TypeVar("F")

class _Check:
    @calls_back("function")
    def __call__(self, function: F) -> F: ...

class FormatChecker:
    __has_more__ = True
    def __init__(self, formats=None) -> None: ...
    def checks(self, format, raises=()) -> _Check: ...
"""

FRAMEWORK = Framework(
    name="jsonschema",
    summaries={"jsonschema": _SUMMARY},
    examples=(
        Example(
            """
            from jsonschema import FormatChecker

            checker = FormatChecker()

            @checker.checks("colour", raises=ValueError)
            def is_colour(value): return known(value)

            def known(value): return True
            """,
            calls=frozenset({"m: -[callback]-> m:is_colour", "m:is_colour -[call]-> m:known"}),
        ),
    ),
    look_alikes=(
        Example(
            """
            class FormatChecker:
                def checks(self, format): return lambda function: function

            checker = FormatChecker()

            @checker.checks("colour")
            def is_colour(value): pass
            """,
            calls=frozenset(
                {
                    "m: -[construct]-> m:FormatChecker",
                    "m: -[call]-> m:FormatChecker.checks",
                    "m: -[decorate]-> m:FormatChecker.checks",
                }
            ),
        ),
    ),
)
