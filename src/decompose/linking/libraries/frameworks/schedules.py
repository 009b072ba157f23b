"""Jobs at fixed times: Flask-APScheduler, schedule, and Rocketry."""

from __future__ import annotations

from decompose.linking.libraries.framework import Example, Framework

_FLASK_APSCHEDULER = """
from apscheduler.schedulers.base import BaseScheduler, _Schedule
from decompose.effects import enters, runs

class APScheduler(BaseScheduler):
    __has_more__ = True
    def __init__(self, scheduler=None, app=None) -> None: ...
    def init_app(self, app) -> None: ...
    @enters("schedule", "function", "id")
    def task(self, trigger, id=None, **options) -> _Schedule: ...
    @runs("func", "task")
    @enters("schedule", "func", "id")
    def add_job(self, id, func, **options): ...
"""

_SCHEDULE = """
from typing import TypeVar

from decompose.effects import enters, runs

F = TypeVar("F")

class _Repeated:
    def __call__(self, function: F) -> F: ...

class Job:
    __has_more__ = True
    second: Job
    seconds: Job
    minute: Job
    minutes: Job
    hour: Job
    hours: Job
    day: Job
    days: Job
    week: Job
    weeks: Job
    monday: Job
    tuesday: Job
    wednesday: Job
    thursday: Job
    friday: Job
    saturday: Job
    sunday: Job
    def at(self, time_str, tz=None) -> Job: ...
    def to(self, latest) -> Job: ...
    def until(self, until_time) -> Job: ...
    def tag(self, *tags) -> Job: ...
    @runs("job_func", "task")
    @enters("schedule", "job_func")
    def do(self, job_func, *args, **kwargs) -> Job: ...

class Scheduler:
    __has_more__ = True
    def every(self, interval=1) -> Job: ...

def every(interval=1) -> Job: ...
@enters("schedule", "function")
def repeat(job, *args, **kwargs) -> _Repeated: ...
"""

_ROCKETRY = """
from typing import TypeVar

from decompose.effects import enters

F = TypeVar("F")

class _Task:
    def __call__(self, function: F) -> F: ...

class Grouper:
    __has_more__ = True
    @enters("schedule", "function", "name")
    def task(self, start_cond=None, name=None, **options) -> _Task: ...

class Rocketry(Grouper):
    def __init__(self, *args, **options) -> None: ...
"""

FRAMEWORK = Framework(
    name="Schedules",
    summaries={"flask_apscheduler": _FLASK_APSCHEDULER, "schedule": _SCHEDULE, "rocketry": _ROCKETRY},
    examples=(
        Example(
            """
            from flask import Flask
            from flask_apscheduler import APScheduler

            scheduler = APScheduler()

            @scheduler.task("interval", id="tick", seconds=30)
            def beat(): helper()

            def sweep(): helper()
            def helper(): pass

            def make():
                app = Flask(__name__)
                scheduler.init_app(app)
                scheduler.add_job(id="sweeping", func=sweep, trigger="cron", hour=3)
                scheduler.start()
                return app
            """,
            entries=frozenset({"schedule tick -> m:beat", "schedule sweeping -> m:sweep"}),
            calls=frozenset({"m:beat -[call]-> m:helper", "m:sweep -[call]-> m:helper", "m:make -[task]-> m:sweep"}),
        ),
        Example(
            """
            import schedule

            def remind(days): pass
            def clean(): pass

            @schedule.repeat(schedule.every(10).minutes)
            def count(): pass

            def main():
                schedule.every().day.at("10:30").do(remind, 2)
                schedule.Scheduler().every(2).hours.do(clean)
                schedule.run_pending()
            """,
            entries=frozenset(
                {"schedule remind -> m:remind", "schedule clean -> m:clean", "schedule count -> m:count"}
            ),
            calls=frozenset({"m:main -[task]-> m:remind", "m:main -[task]-> m:clean"}),
        ),
        Example(
            """
            from rocketry import Rocketry

            app = Rocketry()

            @app.task("every 10 seconds")
            def tick(): pass
            """,
            entries=frozenset({"schedule tick -> m:tick"}),
        ),
    ),
    look_alikes=(
        Example(
            """
            class Lesson:
                def do(self, exercise): self.exercise = exercise

            def every(day): return Lesson()
            def swim(): pass

            def plan(): every(2).do(swim)
            """,
            calls=frozenset(
                {
                    "m:every -[construct]-> m:Lesson",
                    "m:plan -[call]-> m:every",
                    "m:plan -[call]-> m:Lesson.do",
                }
            ),
        ),
    ),
)
