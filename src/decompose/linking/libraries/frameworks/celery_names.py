"""Celery's tasks that are sent by their names, and the settings with which they run at once, as they do in tests."""

from __future__ import annotations

from collections.abc import Iterator

from decompose.linking.libraries.celery_schedules import Tasks
from decompose.linking.libraries.framework import Example, Framework
from decompose.linking.linked import Linked
from decompose.linking.wiring import Wire

_SENDERS = ("celery:Celery.send_task", "celery:Celery.signature", "celery:signature")


def wires(linked: Linked) -> Iterator[Wire]:
    """From ``app.send_task("billing.charge")`` to the task of that name."""
    tasks: Tasks | None = None
    for site in linked.sites_calling(*_SENDERS):
        scope = site.frame.scope
        name = linked.keyword(scope, site.operation, "name", 0)
        if isinstance(name, str) and not scope.library:
            tasks = tasks or Tasks(linked)
            task = tasks.by_name(name)
            if task is not None:
                yield Wire(scope, site.line, task, "task", "the task of that name")


FRAMEWORK = Framework(
    name="Celery's names",
    summaries={},
    packages=("celery",),
    wires=(wires,),
    on_in_tests=("task_always_eager", "CELERY_TASK_ALWAYS_EAGER", "CELERY_ALWAYS_EAGER"),
    examples=(
        Example(
            """
            from celery import Celery, current_app, signature

            CHARGE = "billing.charge"
            app = Celery("m")

            @app.task(name="billing.charge")
            def charge(): pass

            @app.task
            def count(): pass

            def start():
                app.send_task(CHARGE)
                signature("m.count").delay()

            def again(): current_app.send_task("billing.charge")
            """,
            entries=frozenset({"task billing.charge -> m:charge", "task m.count -> m:count"}),
            calls=frozenset({"m:start -[task]-> m:charge", "m:start -[task]-> m:count", "m:again -[task]-> m:charge"}),
        ),
    ),
    look_alikes=(
        Example(
            """
            import celery

            class Board:
                def send_task(self, name): pass

            def charge(): pass

            def start(): Board().send_task("m.charge")
            """,
            calls=frozenset({"m:start -[construct]-> m:Board", "m:start -[call]-> m:Board.send_task"}),
        ),
    ),
)
