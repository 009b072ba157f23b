"""Where a call may be of several things, what it gives away does not depend on which of them was found first."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.conftest import Draw


def test_a_function_is_given_to_code_outside_whichever_callee_is_found_first(draw: Draw) -> None:
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/signals.py": """
            from django.dispatch import Signal
            from mailer import sent
            paid = Signal()
            def note(sender, **named): pass
            def at_once():
                for signal in [sent, paid]: signal.connect(note)
            def later():
                for signal in [paid, given()]: signal.connect(note)
            def given(): return found()
            def found(): return sent
            """,
        }
    )
    calls = app.calls()
    assert ("shop.signals:at_once", "shop.signals:note") in calls
    assert ("shop.signals:later", "shop.signals:note") in calls
