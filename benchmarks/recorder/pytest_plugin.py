"""pytest -p recorder.pytest_plugin --recorder-root=APP --recorder-out=PREFIX  (needs no conftest of the application's)"""

import os

import pytest

from . import coverage, hooks
from .recorder import Recorder


def pytest_addoption(parser):
    group = parser.getgroup("recorder")
    group.addoption("--recorder-out", metavar="PREFIX", help="write PREFIX.raw.jsonl; without it nothing is traced")
    group.addoption(
        "--recorder-root", metavar="DIR", action="append", default=[], help="a directory of the application"
    )
    group.addoption("--recorder-base", metavar="DIR", help="what file names are relative to")
    group.addoption(
        "--recorder-exclude", metavar="REGEX", help="paths that are not the application, besides tests and migrations"
    )
    group.addoption("--recorder-hooks", metavar="NAMES", help="comma-separated; by default each ORM found")


class Tracer:
    def __init__(self, config):
        def option(name):
            return getattr(config.known_args_namespace, name.lstrip("-").replace("-", "_"))

        self.recorder = Recorder(
            option("--recorder-root") or [str(config.rootpath)], option("--recorder-exclude"), option("--recorder-base")
        )
        names = option("--recorder-hooks")
        self.hooks = hooks.install(self.recorder, names.split(",") if names else None)
        self.covered = coverage.start(self.recorder)
        worker = os.environ.get("PYTEST_XDIST_WORKER")
        self.path = option("--recorder-out") + ("." + worker if worker else "") + ".raw.jsonl"

    def pytest_unconfigure(self, config):
        hooks.describe_tables(self.recorder)
        self.recorder.dump(self.path, hooks=self.hooks, covered=self.covered)


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config):  # before a conftest imports the application
    if early_config.known_args_namespace.recorder_out:
        early_config.pluginmanager.register(Tracer(early_config), "recorder-tracer")
