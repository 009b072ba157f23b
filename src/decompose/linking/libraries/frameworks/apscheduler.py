"""APScheduler: jobs that a scheduler runs."""

from __future__ import annotations

from decompose.linking.libraries.framework import Example, Framework

_SUMMARY = """
from typing import TypeVar

from decompose.effects import calls_back, enters, runs

F = TypeVar("F")

class _Schedule:
    def __call__(self, function: F) -> F: ...

class BaseScheduler:
    def __init__(self, *args, **options) -> None: ...
    @runs("func", "task")
    @enters("schedule", "func", "id")
    def add_job(self, func, trigger=None, args=None, kwargs=None, id=None, name=None, **options): ...
    @enters("schedule", "function", "id")
    def scheduled_job(self, trigger, args=None, kwargs=None, id=None, name=None, **options) -> _Schedule: ...
    @calls_back("callback")
    def add_listener(self, callback, mask=0) -> None: ...
    def start(self, *args, **options) -> None: ...
"""

_APSCHEDULER_SCHEDULERS_BACKGROUND = """
from apscheduler.schedulers.base import BaseScheduler

class BackgroundScheduler(BaseScheduler): ...
"""

_APSCHEDULER_SCHEDULERS_BLOCKING = """
from apscheduler.schedulers.base import BaseScheduler

class BlockingScheduler(BaseScheduler): ...
"""

_APSCHEDULER_SCHEDULERS_ASYNCIO = """
from apscheduler.schedulers.base import BaseScheduler

class AsyncIOScheduler(BaseScheduler): ...
"""

FRAMEWORK = Framework(
    name="APScheduler",
    summaries={
        "apscheduler.schedulers.base": _SUMMARY,
        "apscheduler.schedulers.background": _APSCHEDULER_SCHEDULERS_BACKGROUND,
        "apscheduler.schedulers.blocking": _APSCHEDULER_SCHEDULERS_BLOCKING,
        "apscheduler.schedulers.asyncio": _APSCHEDULER_SCHEDULERS_ASYNCIO,
    },
    examples=(
        Example(
            """
            from apscheduler.schedulers.background import BackgroundScheduler

            def sweep(): pass
            def count(): pass
            def mail(): pass
            def clean(): pass

            ROWS = [{"func": sweep, "trigger": "cron"}, {"func": count, "trigger": "cron"}]
            NAMES = [{"func": "m:clean", "trigger": "cron"}]

            def begin():
                scheduler = BackgroundScheduler()
                for row in ROWS:
                    scheduler.add_job(**row)
                for row in NAMES:
                    scheduler.add_job(**row)
                options = {"func": mail}
                scheduler.add_job(trigger="cron", **options)

            def later(): pass
            def last(): pass

            def grow():
                scheduler = BackgroundScheduler()
                rows = []
                rows.append({"func": later, "trigger": "cron"})
                rows.extend([{"func": "m:last", "trigger": "cron"}])
                for row in rows:
                    scheduler.add_job(**row)
            """,
            entries=frozenset(
                {f"schedule {name} -> m:{name}" for name in ("sweep", "count", "mail", "clean", "later", "last")}
            ),
            calls=frozenset(
                {
                    "m:begin -[task]-> m:sweep",
                    "m:begin -[task]-> m:count",
                    "m:begin -[task]-> m:mail",
                    "m:grow -[task]-> m:later",
                }
            ),
        ),
        Example(
            """
            from apscheduler.schedulers.background import BackgroundScheduler

            scheduler = BackgroundScheduler()

            @scheduler.scheduled_job("interval", id="tick", minutes=3)
            def tick(): pass

            def sweep(): helper()
            def helper(): pass
            def count(): pass

            def start():
                scheduler.add_job(sweep, "cron", hour=3)
                scheduler.add_job("m:count", "interval", id="counting", hours=1)
                scheduler.add_listener(heard)
                scheduler.start()

            def heard(event): pass
            """,
            entries=frozenset({"schedule tick -> m:tick", "schedule sweep -> m:sweep", "schedule counting -> m:count"}),
            calls=frozenset(
                {
                    "m:sweep -[call]-> m:helper",
                    "m:start -[task]-> m:sweep",
                    "m:start -[task]-> m:count",
                    "m:start -[callback]-> m:heard",
                }
            ),
        ),
    ),
    look_alikes=(
        Example(
            """
            class Office:
                def add_job(self, worker): self.worker = worker

            def work(): pass

            def start(): Office().add_job(work)
            """,
            calls=frozenset({"m:start -[construct]-> m:Office", "m:start -[call]-> m:Office.add_job"}),
        ),
    ),
)
