"""The HTTP routes of real applications, beside the tables that their frameworks keep.

    python benchmarks/routes.py FOLDER [NAME ...] [--missing]

FOLDER is as in `recorded_applications.py`, which also says how each application is got and installed. Each is started in its own
environment, `benchmarks/recorder` reads what its framework routes, and that is kept in FOLDER/NAME.routes. Prints one row of
a markdown table for each application.

Own routes are those whose handler is in the application's sources. Found: the same method and path, whatever the parameters' names and converters
are; a view that the table does not restrict matches any method. Right: found, with the same handler. The pages of a class of Django's
admin are compared as one, by class and model. Libraries' views are those of installed packages that a module of the application
gives a path. Other routes are those that installed packages list, and are not in the sources. Invented: what we list and
the table does not hold; code that this configuration leaves out is counted here as well.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import recorded_applications
from recorded_applications import HERE, Application, prepared

from decompose import api
from decompose.system.model import System

KINDS = ("http", "admin")
_PARAMETER = re.compile(r"<[^<>]*>|\{[^{}]*\}")


class Started(NamedTuple):
    """How an application is started: code that leaves it in ``app``, or nothing for Django; what the environment needs besides.

    ``sources``: what is analysed, if not the sources alone: with the project that says where a reusable application is mounted.
    """

    code: str = ""
    environment: Mapping[str, str] = MappingProxyType({})
    sources: str = ""


STARTS = {
    "mealie": Started("from mealie.app import app"),
    "ctfd": Started("from CTFd import create_app; app = create_app()"),
    "privacyidea": Started("from privacyidea.app import create_app; app = create_app('testing', silent=True)"),
    "ihatemoney": Started("from ihatemoney.run import create_app; app = create_app()"),
    "zou": Started("from zou.app import create_app; app = create_app()", {"SECRET_KEY": "only-for-the-list-of-its-routes"}),
    "microblog-api": Started("from api.app import create_app; app = create_app()"),
    "django-helpdesk": Started(environment={"DJANGO_SETTINGS_MODULE": "demodesk.config.settings"}, sources="."),
    "django-oscar": Started(environment={"DJANGO_SETTINGS_MODULE": "settings", "PYTHONPATH": "sandbox"}, sources="."),
    "django-wiki": Started(environment={"DJANGO_SETTINGS_MODULE": "testproject.settings", "PYTHONPATH": "src:testproject"}, sources="."),
    "django-machina": Started(environment={"DJANGO_SETTINGS_MODULE": "tests.settings", "PYTHONPATH": "."}),
    "babybuddy": Started(environment={"DJANGO_SETTINGS_MODULE": "babybuddy.settings.test"}),
    "linkding": Started(environment={"DJANGO_SETTINGS_MODULE": "bookmarks.settings.dev"}),
    "pretalx": Started(),
    "kiwi": Started(environment={"DJANGO_SETTINGS_MODULE": "tcms.settings.test"}),
    "django-ledger": Started(environment={"DJANGO_SETTINGS_MODULE": "dev_env.settings"}),
    "wger": Started(),
    "label-studio": Started(environment={"DJANGO_SETTINGS_MODULE": "core.settings.label_studio"}),
    "alerta": Started(
        "from alerta.app import create_app; app = create_app({'DATABASE_RAISE_ON_ERROR': False})",
        {"DATABASE_URL": "postgresql://127.0.0.1:1/none"},
    ),
    "fractal-server": Started(
        "from fractal_server.main import app",
        {
            "JWT_SECRET_KEY": "only for the list of its routes",
            "POSTGRES_DB": "none",
            "FRACTAL_TASKS_DIR": "/tmp/fractal",
            "FRACTAL_RUNNER_WORKING_BASE_DIR": "/tmp/fractal",
            "FRACTAL_RUNNER_BACKEND": "local",
        },
    ),
    "bugsink": Started(environment={"DJANGO_SETTINGS_MODULE": "bugsink.settings.development"}),
    "pagure": Started("from pagure.flask_app import create_app; app = create_app()"),
    "prefect": Started("from prefect.server.api.server import create_app; app = create_app(ephemeral=True)"),
    "superset": Started(
        "from superset.app import create_app; app = create_app()", {"SUPERSET_SECRET_KEY": "only for the list of its routes"}
    ),
}  # fmt: skip
"""How each application is started."""

APPLICATIONS = recorded_applications.APPLICATIONS | {
    "alerta": Application(
        "https://github.com/alerta/alerta", "v9.1.0", ".", "alerta", "", ("alerta-server==9.1.0", "psycopg2-binary"), (), False, {}
    ),
    "fractal-server": Application(
        "https://github.com/fractal-analytics-platform/fractal-server", "2.18.5", ".", "fractal_server", "",
        ("fractal-server==2.18.5",), (), False, {},
    ),
    "bugsink": Application(
        "https://github.com/bugsink/bugsink", "5b09ae57", ".", ".", "", ("-r", "requirements.txt"), (), False, {}
    ),
    "pagure": Application(
        "https://pagure.io/pagure.git", "bee16830", ".", "pagure", "", ("-r", "requirements.txt", "mock"), (), False, {}
    ),
    "prefect": Application(
        "https://github.com/PrefectHQ/prefect", "3.9.1", "src", "prefect", "", ("-e", "."), (), False, {}
    ),
    "superset": Application(
        "https://github.com/apache/superset", "6.1.0", ".", "superset", "", ("apache-superset==6.1.0", "flask-caching<2.4"), (), False, {}
    ),
    "zou": Application(
        "https://github.com/cgwire/zou", "v1.0.97", ".", "zou", "", ("zou==1.0.97",), (), False, {}
    ),
    "label-studio": Application(
        "https://github.com/HumanSignal/label-studio", "1.23.2", "label_studio", ".", "", ("label-studio==1.23.2",), (), False,
        {"PYTHONPATH": "label_studio"},
    ),
    "privacyidea": Application(
        "https://github.com/privacyidea/privacyidea", "55410007d", ".", "privacyidea", "", ("-e", ".", "pyOpenSSL"), (), False, {}
    ),
}  # fmt: skip


class Route(NamedTuple):
    """One route, as the table or as the analysis has it."""

    kind: str
    method: str
    path: str
    handler: str

    def __str__(self) -> str:
        return f"{self.kind} {self.method} {self.path} -> {self.handler}"


def main() -> None:
    """Read the tables that are not read yet, and compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("names", nargs="*", choices=[*STARTS, []], metavar="NAME")
    parser.add_argument("--missing", action="store_true", help="also list what is missing, invented, or led elsewhere")
    options = parser.parse_args()
    print(
        "| application | own routes: found | with the right handler | libraries' views: found | others | listed: invented |"
    )
    print("|---|---|---|---|---|---|")
    for name in options.names or STARTS:
        application, start = APPLICATIONS[name], STARTS[name]
        folder = options.folder.resolve() / name
        table = recorded(application, start, folder)
        compared = compare(
            table, api.analyze(folder / (start.sources or application.sources), cache_folder=None).system
        )
        print(f"| {name} | {' | '.join(compared.figures)} |", flush=True)
        for line in compared.lists if options.missing else ():
            print(f"    {line}")


def recorded(application: Application, start: Started, folder: Path) -> Path:
    """The file with what the framework routes; the application is started if it is not there."""
    table = folder.with_name(f"{folder.name}.routes")
    if not table.is_file():
        python = prepared(application, folder)
        variables = {**os.environ, **application.environment, **start.environment}
        variables["PYTHONPATH"] = os.pathsep.join((str(HERE), variables.get("PYTHONPATH", "."), "."))
        command = [str(python), "-m", "recorder", "routes", "--out", str(table), start.code]
        subprocess.run(command, cwd=folder, env=variables, check=True)
    return table


class Compared(NamedTuple):
    """The figures, as text, and the lists behind them."""

    figures: list[str]
    lists: list[str]


def compare(table: Path, system: System) -> Compared:
    """A framework's table beside what the analysis says of the same sources."""
    modules = {definition.id for definition in system.definitions if definition.kind == "module"}
    own, lent, others = [], [], []
    for line in table.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        route = Route(row["kind"], row["method"], row["path"], row["handler"] or "")
        if f"{route.handler.partition(':')[0]}:" in modules:
            own.append(route)
        else:
            (lent if f"{row['declared']}:" in modules and route.kind == "http" else others).append(route)
    listed = [_listed(entry.kind, entry.name, entry.handler) for entry in system.entry_points if entry.kind in KINDS]
    ours, theirs = _by_path(listed), _by_path([*own, *lent, *others])
    missing, elsewhere = [], []
    for route in [*own, *lent]:
        answering = [listed for listed in ours[_key(route)] if _answers(listed.method, route.method)]
        if not answering:
            missing.append(route)
        elif not any(_same(listed.handler, route.handler) for listed in answering):
            elsewhere.append((route, answering[0].handler))
    invented = [route for route in listed if not any(_answers(route.method, r.method) for r in theirs[_key(route)])]
    found = len(own) - len(set(own) & set(missing))
    led_right = found - sum(route in own for route, _ in elsewhere)
    return Compared(
        [
            _share(found, len(own)),
            _share(led_right, found),
            _share(len(lent) - len(set(lent) & set(missing)), len(lent)),
            str(len(others)),
            f"{len(invented)} of {len(listed)}",
        ],
        [
            *(f"missing: {route}" for route in missing),
            *(f"led elsewhere: {route}, not {handler}" for route, handler in elsewhere),
            *(f"invented: {route}" for route in invented),
        ],
    )


def _listed(kind: str, name: str, handler: str) -> Route:
    method, _, path = name.partition(" ") if kind == "http" else ("ANY", "", name)
    return Route(kind, method, path, handler)


def _by_path(routes: list[Route]) -> defaultdict[tuple[str, str], list[Route]]:
    found: defaultdict[tuple[str, str], list[Route]] = defaultdict(list)
    for route in routes:
        found[_key(route)].append(route)
    return found


def _key(route: Route) -> tuple[str, str]:
    return route.kind, _PARAMETER.sub("<>", route.path)


def _answers(one: str, other: str) -> bool:
    return one == other or "ANY" in {one, other}


def _same(ours: str, theirs: str) -> bool:
    """Whether both say the same code, where one may name the class and the other the method that answers."""
    theirs = theirs.removesuffix("<lambda>").removesuffix(".")  # whose code is that of what is around it
    return ours == theirs or ours.startswith(f"{theirs}.") or theirs.startswith(f"{ours}.")


def _share(found: int, of: int) -> str:
    return f"{found} of {of} ({found / of:.3f})" if of else "none"


if __name__ == "__main__":
    main()
