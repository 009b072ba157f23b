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


def test_a_method_of_a_library_class_is_its_own_whatever_the_application_calls_alike(draw: Draw) -> None:
    app = draw("""
        from django.core.management.base import BaseCommand
        class Level:
            def ERROR(self, text): pass
        class Command(BaseCommand):
            def handle(self, **options): self.stdout.write(self.style.ERROR("no such table"))
    """)
    assert not app.blind_spots("unresolved call")
    assert ("m:Command.handle", "m:Level.ERROR") not in app.calls()


def test_a_signal_of_celery_runs_its_receiver_with_the_application(draw: Draw) -> None:
    app = draw("""
        from celery import Celery
        app = Celery("m")
        class Consumer:
            def connect(self): pass
        @app.task
        def clean(): pass
        @app.on_after_finalize.connect
        def plan(sender, **options): sender.add_periodic_task(60, clean.s())
    """)
    assert ("m:", "m:plan") in app.calls()
    assert ("m:", "m:Consumer.connect") not in {(d.source, d.target) for d in app.dependencies()}
    assert not app.blind_spots("unresolved call")
