"""Record real applications while they run their own tests, and compare what happened with what the analysis says.

    python benchmarks/recorded_applications.py FOLDER [NAME ...] [--missing] [--calls]

FOLDER is outside of this checkout. Each application is in FOLDER/NAME, a clone or an unpacked source archive of the version
below; what is not there is cloned. Its environment is made in FOLDER/NAME.venv, its recording is kept in FOLDER/NAME.recorded
and not made again while it is there. The tests run on SQLite, those of
fractal-server on a PostgreSQL server of its own at port 5499, with an empty database `fractal_test` and a superuser `postgres`, those of bracket
at port 5532, with an empty database `bracket_ci` of a user of that name and password, and an empty folder `static`, those of hushline
at the host `postgres`, with a superuser and a database of its name; diracx needs what is in `diracx-*/src` in one folder `merged`, and synapse
the extension `synapse_rust` of its wheel beside its sources; those of SimpleLogin
use a PostgreSQL server at port 15432, with a database and a superuser `test` that `alembic upgrade head` was run on, no Redis, and stand-ins for
`sl_pgp` and `re2` in a folder `stub`; those of byceps the same server, with a database `byceps_test`, and something that answers like Redis at
its usual port; those of procrastinate the same server, and the package installed beside its sources (`pip install --no-deps procrastinate`),
since they ask for its version; those of nutshell delete also what ends in `-wal` and `-shm` where their `conftest.py` deletes a database;
throat needs
`{"assets": {}, "publicPath": "/"}` in `app/manifest.json`;
those of spiff-arena on a database that `flask db upgrade` has made in its backend before; those of patchman with its own
local settings below `etc/patchman` of the environment, with a key and a cache in memory; those of Alliance Auth with a Redis at its
usual port, and `settings_test.py` beside its package: the settings of its project template, its optional applications but openfire,
made-up keys of the services, tasks that run at once; those of concrexit with `settings_test.py` beside its folder `website`: its own
settings, on SQLite; those of Open edX enterprise-access with `settings_fast.py` beside its package: its test settings, with MD5 for passwords;
medperf with its `.env.local.local-auth.sqlite` as `.env` in its folder `server`;
Spirit with what `spirit startproject test_project` makes beside its package; dmt without `psycopg` and what its requirements take from
wheels of its own; those of timed on a PostgreSQL server at port 15544, with a superuser and a database `timed`; of phoenix what needs Python 3.12 (a
`MappingProxyType` as the default of a dataclass's field) was allowed by a `sitecustomize.py` of its environment, which has the packages of its
`pyproject.toml` beside those named below, and its tests were interrupted;
those of zou on a PostgreSQL server at its usual port with an empty database `zoutest`, and with something that answers
like Redis at its usual port; those of Hyperion on the same server, with a superuser and a database `hyperion`, on Python 3.12 or later;
patchew with an empty folder `data` below the folder `patchew.data` beside it;
djangogirls is installed without its driver for PostgreSQL, Open edX credentials without the one for MySQL and
its bus for events, with `edx_credentials_themes` from its repository. Prints one row of a markdown table for each application.

What functions and triggers do inside the database is in no recording, and not judged.

Recall is over (definition, table, read or write) of the application's own tables, without what an ORM does on its own
(`refresh`, `autoflush`, `eager`) and what migrations do (`migration`): `executed` asks for the function under which the statement
ran; `event` is content with a function that built the query or made the change. Confirmed is the share of what is claimed on lines
that ran that was seen at that function; it is a lower bound, because a line that ran may hold a branch that did not. What is claimed of a class, because a
framework's methods work on the model that it names, is judged by the objects of that class on which such methods ran; what only
some of its methods do (`answering`), where one of these ran, in recordings that tell it. What is
claimed of an inherited method for one class is judged where statements were seen under that method on objects of that class (of a
class method: on the class), in recordings that tell it: a line that ran for one class did not run for the others. The last
column leaves out what the rule says is sent only if there are rows for it, such as rows that depend on what is deleted: it is true of the
code, and tests seldom have such rows.

With ``--calls`` the calls are compared instead; `recorded_truth.py` says what counts.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import venv
from pathlib import Path
from typing import Any, NamedTuple

from recorded_truth import Scores, print_missing, read_recording

from decompose import api
from decompose.linking.effects import IF_THERE

NOISE = {"refresh", "autoflush", "eager", "migration"}
INSIDE = re.compile(r"SQL of (?:function|procedure) |trigger ")
"""What happens inside the database, which no recording sees."""
HERE = Path(__file__).resolve().parent


class Application(NamedTuple):
    """How to get and to run an application.

    ``sources``: the import root, below its folder; ``package``: what is recorded, below that. ``install``: arguments of pip.
    ``command``: what runs the tests, after the recorder's own arguments; ``as_pytest`` whether it is pytest. ``layer``: a regular
    expression of the functions that are the application's own way to a connection; a statement under them is their caller's.
    """

    origin: str
    revision: str
    sources: str
    package: str
    hooks: str
    install: tuple[str, ...]
    command: tuple[str, ...]
    as_pytest: bool
    environment: dict[str, str]
    layer: str = ""


_GITHUB = "https://github.com/"
APPLICATIONS = {
    "healthchecks": Application(
        f"{_GITHUB}healthchecks/healthchecks", "29b5ec2", ".", "hc", "django",
        ("-r", "requirements.txt"), ("manage.py", "test"), False, {"DB": "sqlite", "DEBUG": "True"},
    ),
    "flaskbb": Application(
        f"{_GITHUB}flaskbb/flaskbb", "4b78af8", ".", "flaskbb", "sqlalchemy",
        ("-e", ".", "pytest", "freezegun", "requests-mock"), ("tests",), True, {},
    ),
    "ihatemoney": Application(
        f"{_GITHUB}spiral-project/ihatemoney", "7.2.1", ".", "ihatemoney", "sqlalchemy",
        ("-e", ".", "pytest", "pytest-flask", "setuptools<80"),
        tuple(f"ihatemoney/tests/{name}_test.py" for name in ("api", "budget", "history", "import", "main")), True, {},
    ),
    "ctfd": Application(
        f"{_GITHUB}CTFd/CTFd", "91ced62d", ".", "CTFd", "sqlalchemy",
        ("-r", "requirements.txt", "pytest", "freezegun", "Faker", "moto==4.1.11", "flask_profiler", "setuptools"),
        ("tests/api", "tests/users", "tests/teams", "tests/challenges", "tests/admin"), True, {},
    ),
    "mealie": Application(
        f"{_GITHUB}mealie-recipes/mealie", "b5643a939", ".", "mealie", "sqlalchemy",
        ("-e", ".", "openai==1.52.2", "pytest<9", "pytest-asyncio<0.25", "freezegun", "rich"),
        ("tests/unit_tests/repository_tests", "tests/integration_tests", "tests/unit_tests/services_tests"), True,
        {"PRODUCTION": "True", "TESTING": "True"},
    ),
    "buildbot": Application(
        f"{_GITHUB}buildbot/buildbot", "61f2f41180", "master", "buildbot", "sqlalchemy",
        ("-e", "master", "buildbot-worker", "treq", "parameterized", "moto", "mock", "testtools", "lz4", "brotli", "zstandard"),
        ("../buildbot.venv/bin/trial", "buildbot.test.unit.db"), False, {"PYTHONPATH": "master"},
        r"^buildbot\.(db\.pool|util\.twisted):",
    ),
    "microblog-api": Application(
        f"{_GITHUB}miguelgrinberg/microblog-api", "e250d71", ".", "api", "sqlalchemy", ("-r", "requirements.txt", "pytest"), ("tests",), True, {},
    ),
    "isso": Application(
        f"{_GITHUB}isso-comments/isso", "9c24f9b3", ".", "isso", "sqlite3", (".", "pytest"), ("isso/tests",), True, {},
    ),
    "supysonic": Application(
        f"{_GITHUB}spl0k/supysonic", "1b986176", ".", "supysonic", "peewee",
        ("click", "flask>=2.3", "flask-wtf", "peewee", "pillow", "requests", "mediafile", "watchdog", "zipstream-ng>=1.1,<2", "lxml", "pytest"),
        ("tests",), True, {},
    ),
    "lnbits": Application(
        f"{_GITHUB}lnbits/lnbits", "7d98c6b0", ".", "lnbits", "sqlalchemy",
        ("-e", ".", "bitstring<4.3", "pytest", "asgi-lifespan", "anyio", "pytest-mock", "pytest-httpserver", "openai", "json5"),
        ("-o", "addopts=", "tests/unit", "tests/api"), True, {}, r"^lnbits\.db:",
    ),
    "anitya": Application(
        f"{_GITHUB}fedora-infra/anitya", "0d111184", ".", "anitya", "sqlalchemy",
        ("-e", ".", "mock", "pytest", "vcrpy", "psycopg2-binary"),
        ("anitya/tests/db", "anitya/tests/lib/test_utilities.py",
         *(f"anitya/tests/test_{name}.py" for name in ("app", "authentication", "check_service", "distro", "flask", "flask_admin",
           "flask_api", "flask_api_v2", "project", "sar"))), True, {},
    ),
    "optuna": Application(
        f"{_GITHUB}optuna/optuna", "1d8ce7bb6", ".", "optuna", "sqlalchemy",
        ("-e", ".", "pytest", "fakeredis[lua]", "scipy", "cmaes"),
        ("tests/storages_tests/rdb_tests", "tests/storages_tests/test_storages.py", "-k", "not redis and not Redis and not grpc and not journal"),
        True, {},
    ),
    "jupyterhub": Application(
        f"{_GITHUB}jupyterhub/jupyterhub", "2841153d", ".", "jupyterhub", "sqlalchemy",
        ("-r", "requirements.txt", "pytest<9", "pytest-asyncio<1", "pytest-timeout", "beautifulsoup4", "requests-mock", "virtualenv", "jsonschema", "cryptography"),
        tuple(f"jupyterhub/tests/test_{name}.py" for name in ("orm", "roles", "shares", "user")), True, {},
    ),
    "django-helpdesk": Application(
        f"{_GITHUB}django-helpdesk/django-helpdesk", "360bace4", "src", "helpdesk", "django",
        ("-e", ".[teams,rest,pinax]", "django-bootstrap4-form", "factory_boy", "faker", "freezegun", "pysocks", "packaging"),
        ("quicktest.py",), False, {"PYTHONPATH": "src:."},
    ),
    "django-oscar": Application(
        f"{_GITHUB}django-oscar/django-oscar", "cdbfc4412", "src", "oscar", "django",
        ("-e", ".[test]"), ("tests",), True,
        {"DATABASE_ENGINE": "django.db.backends.sqlite3", "DATABASE_NAME": ":memory:", "PYTHONPATH": "."},
    ),
    "django-wiki": Application(
        f"{_GITHUB}django-wiki/django-wiki", "0861f3d", "src", "wiki", "django",
        ("django>=5.2,<5.3", "bleach[css]>=6,<7", "pillow", "django-nyt>=1.4.2,<1.5", "django-mptt>=0.13,<0.17",
         "django-sekizai>=0.10", "sorl-thumbnail>=12.8,<13", "markdown>=3.4,<3.10", "pymdown-extensions>=10.5,<10.6",
         "ddt", "django-functest>=1.2,<1.6", "pytest", "pytest-django"),
        ("-o", "pythonpath=src .", "-o", "DJANGO_SETTINGS_MODULE=tests.settings", "tests"), True, {},
    ),
    "django-machina": Application(
        f"{_GITHUB}ellmetha/django-machina", "5ecfad3", ".", "machina", "django",
        ("django>=5.2,<5.3", "django-haystack", "django-mptt", "django-widget-tweaks", "markdown2", "pillow", "factory-boy", "faker",
         "mock", "whoosh", "pytest", "pytest-django", "setuptools<80"),
        ("-o", "pythonpath=.", "tests"), True, {},
    ),
    "babybuddy": Application(
        f"{_GITHUB}babybuddy/babybuddy", "fa8bf4c", ".", ".", "django",
        ("-r", "requirements.txt", "tblib"), ("manage.py", "test", "--settings=babybuddy.settings.test"), False, {},
    ),
    "linkding": Application(
        f"{_GITHUB}sissbruecker/linkding", "v1.40.0", ".", "bookmarks", "django",
        ("-r", "requirements.txt", "pytest", "pytest-django", "django-debug-toolbar==4.4.6"), ("bookmarks/tests",), True, {},
    ),
    "pretalx": Application(
        f"{_GITHUB}pretalx/pretalx", "v2025.1.0", "src", "pretalx", "django",
        ("-e", ".", "beautifulsoup4", "pytest", "pytest-django", "pytest-mock", "responses", "jsonschema", "django-debug-toolbar",
         "setuptools<80"),
        ("-c", "pyproject.toml", "-W", "default", "src/tests"), True, {"DJANGO_SETTINGS_MODULE": "pretalx.common.settings.test_settings", "PYTHONPATH": "src"},
    ),
    "kiwi": Application(
        f"{_GITHUB}kiwitcms/Kiwi", "dfcf75920", ".", "tcms", "django",
        ("-r", "requirements/base.txt", "-r", "requirements/readthedocs.txt", "parameterized", "setuptools<80"),
        ("manage.py", "test", "--noinput", "--settings=tcms.settings.test"), False, {"LANG": "en-us"},
    ),
    "django-ledger": Application(
        f"{_GITHUB}arrobalytics/django-ledger", "13005ad8", ".", "django_ledger", "django",
        ("-e", ".", "django<6", "django-debug-toolbar", "tblib"), ("manage.py", "test", "django_ledger.tests"), False, {},
    ),
    "patchwork": Application(
        f"{_GITHUB}getpatchwork/patchwork", "644cef7c", ".", "patchwork", "django",
        ("django~=5.2.0", "djangorestframework~=3.16.0", "django-filter~=25.1", "django-debug-toolbar", "django-dbbackup", "sqlparse",
         "python-dateutil", "tblib", "openapi-core~=0.19.2", "jsonschema-path~=0.3.3", "termcolor"),
        ("manage.py", "test", "--noinput", "patchwork.tests.unit"), False,
        {"DATABASE_TYPE": "sqlite3", "DATABASE_NAME": "patchwork.db", "DJANGO_SETTINGS_MODULE": "patchwork.settings.dev"},
    ),
    "pythondotorg": Application(
        f"{_GITHUB}python/pythondotorg", "0a7e8d1f", ".", "apps", "django",
        ("--ignore-requires-python", ".", "factory-boy==3.3.3", "Faker==40.4.0", "tblib==1.7.0", "responses==0.26.0", "ddt", "model-bakery",
         "django-debug-toolbar==6.2.0", "setuptools<80"),
        ("manage.py", "test"), False,
        {"DATABASE_URL": "sqlite:///test.db", "DJANGO_SETTINGS_MODULE": "pydotorg.settings.local"},
    ),
    "wger": Application(
        f"{_GITHUB}wger-project/wger", "aaba2018", ".", "wger", "django",
        ("-e", ".", "coverage", "django-debug-toolbar~=7.1.0", "django-extensions~=4.1", "faker", "tblib"), ("manage.py", "test"), False,
        {"DJANGO_SETTINGS_MODULE": "settings.ci", "DJANGO_MEDIA_ROOT": "../wger.media"},
    ),
    "squad": Application(
        f"{_GITHUB}Linaro/squad", "2d1bf924", ".", "squad", "django",
        ("-r", "requirements.txt", "django<5", "django-debug-toolbar<4.5", "pytest", "pytest-django", "requests-mock", "setuptools<80"),
        ("test/api", "test/ci", "test/core", "test/plugins", "test/unit"), True, {},
    ),
    "byro": Application(
        f"{_GITHUB}byro/byro", "0fdb4ed3", "src", "byro", "django",
        ("-e", "src", "pytest", "pytest-django", "freezegun", "pytest-rerunfailures"),
        ("-c", "src/setup.cfg", "--rootdir=src", "src/tests"), True,
        {"BYRO_DB_ENGINE": "sqlite3", "BYRO_DB_NAME": "byro.db", "PYTHONPATH": "src"},
    ),
    "ephios": Application(
        f"{_GITHUB}ephios-dev/ephios", "5188c487", "src", "ephios", "django",
        (".", "pytest-django", "django-webtest", "django-debug-toolbar", "django-extensions"),
        ("-o", "addopts=", "tests/core/test_event_list.py", "tests/core/test_views_group.py", "tests/core/test_event_form.py"), True,
        {"DEBUG": "True", "DATABASE_URL": "sqlite:///ephios.db", "ALLOWED_HOSTS": "*", "SITE_URL": "http://localhost:8000",
         "EMAIL_URL": "consolemail://", "DEFAULT_FROM_EMAIL": "a@localhost", "SERVER_EMAIL": "a@localhost", "ADMINS": "A <a@localhost>"},
    ),
    "ara": Application(
        f"{_GITHUB}ansible-community/ara", "17968ed", ".", "ara", "django",
        (".[server]", "-r", "test-requirements.txt", "django-health-check<3.19", "setuptools<80", "pytest", "pytest-django"),
        ("-o", "python_files=tests_*.py", "ara"), True, {"ARA_BASE_DIR": "../ara.base", "DJANGO_SETTINGS_MODULE": "ara.server.settings"},
    ),
    "modoboa": Application(
        f"{_GITHUB}modoboa/modoboa", "9ec749703", ".", "modoboa", "django",
        ("-e", ".[test]", "tblib", "django-extensions", "setuptools<80"),
        ("test_project/manage.py", "test", *(f"modoboa.{name}" for name in ("core", "limits", "calendars", "contacts", "relaydomains"))), False,
        {"DB": "SQLITE", "DJANGO_SETTINGS_MODULE": "test_project.settings", "PYTHONPATH": "test_project"},
    ),
    "hyperkitty": Application(
        "https://gitlab.com/mailman/hyperkitty", "1.3.12", ".", "hyperkitty", "django",
        (".", "Whoosh", "beautifulsoup4", "lxml", "django-debug-toolbar", "pytest-django", "setuptools<80", "elasticsearch<9"),
        ("hyperkitty",), True, {},
    ),
    "bugsink": Application(
        f"{_GITHUB}bugsink/bugsink", "5b09ae57", ".", ".", "django",
        ("-r", "requirements.txt", "tblib", "setuptools"), ("manage.py", "test", "--noinput"), False,
        {"DJANGO_SETTINGS_MODULE": "bugsink.settings.development"},
    ),
    "mezzanine": Application(
        f"{_GITHUB}stephenmcd/mezzanine", "85dfd412", ".", "mezzanine", "django",
        ("-e", ".[testing]", "setuptools"), ("-o", "addopts=", "tests"), True, {},
    ),
    "quetz": Application(
        f"{_GITHUB}mamba-org/quetz", "56ab2cf", ".", "quetz", "sqlalchemy",
        ("-e", ".", "pytest<8", "pytest-asyncio", "pytest-mock", "pytest-timeout", "httpx<0.28", "setuptools<80", "sqlalchemy<2", "fastapi<0.112", "pyinstrument"),
        ("-o", "timeout=60", "quetz/tests/api", *(f"quetz/tests/test_{name}.py" for name in ("auth", "dao", "db_models", "jobs", "mirror", "tasks"))), True, {},
    ),
    "lute": Application(
        f"{_GITHUB}LuteOrg/lute-v3", "e6924c6d", ".", "lute", "sqlalchemy",
        ("-e", ".", "pytest<9", "pytest-bdd"), ("tests/orm", "tests/unit", "tests/integration"), True, {},
    ),
    "openoversight": Application(
        f"{_GITHUB}lucyparsons/OpenOversight", "00976630", ".", "OpenOversight/app", "sqlalchemy",
        ("-r", "requirements.txt"), ("OpenOversight/tests", "--ignore=OpenOversight/tests/test_functional.py"), True,
        {"ENV": "testing", "SQLALCHEMY_DATABASE_URI": "sqlite://"},
    ),
    "mirrormanager2": Application(
        f"{_GITHUB}fedora-infra/mirrormanager2", "49f0cf26", ".", "mirrormanager2", "sqlalchemy",
        ("-e", ".", "pytest<9", "responses", "setuptools<80"),
        tuple(f"tests/test_{name}.py" for name in ("ui_admin", "ui_app", "mmlib", "mm_lib_model", "mta")), True, {},
    ),
    "fedocal": Application(
        f"{_GITHUB}fedora-infra/fedocal", "8e8b457", ".", "fedocal", "sqlalchemy",
        ("-r", "requirements.txt", "python-fedora", "sqlalchemy<2", "pytest<9", "setuptools<80"), ("tests",), True,
        {"FEDOCAL_CONFIG": "../tests/fedocal_test.cfg"},
    ),
    "silverstrike": Application(
        f"{_GITHUB}agstrike/silverstrike", "dd58f44", ".", "silverstrike", "django",
        ("-r", "requirements.txt", "ofxparse", "setuptools"), ("manage.py", "test", "silverstrike"), False, {},
    ),
    "doccano": Application(
        f"{_GITHUB}doccano/doccano", "ab6b765e", "backend", ".", "django", ("-e", "backend", "model-mommy", "unittest-xml-reporting", "setuptools<80", "tblib"),
        ("backend/manage.py", "test", "backend"), False, {"DJANGO_SETTINGS_MODULE": "config.settings.development"},
    ),
    "volunteer-planner": Application(
        f"{_GITHUB}volunteer-planner/volunteer_planner", "f5cbd8d", ".", ".", "django",
        ("-r", "requirements/tests.txt", "setuptools<80"), ("tests",), True, {},
    ),
    "wafer": Application(
        f"{_GITHUB}CTPUG/wafer", "6b38634f", ".", "wafer", "django",
        ("-r", "requirements.txt", "lxml", "mock", "pyyaml", "tblib"), ("manage.py", "test", "--exclude-tag", "selenium"), False, {},
    ),
    "patchman": Application(
        f"{_GITHUB}furlongm/patchman", "e9b63e58", ".", ".", "django", ("-r", "requirements.txt"), ("manage.py", "test"), False, {},
    ),
    "allianceauth": Application(
        "https://gitlab.com/allianceauth/allianceauth", "v5.5.0", ".", "allianceauth", "django",
        ("-e", ".[test]"), ("-m", "django", "test", "allianceauth"), False, {"DJANGO_SETTINGS_MODULE": "settings_test"},
    ),
    "concrexit": Application(
        f"{_GITHUB}svthalia/concrexit", "116602b1", "website", ".", "django",
        ("-r", "requirements.txt", "tblib", "factory-boy", "freezegun", "Faker"),
        ("website/manage.py", "test", *(f"website/{name}" for name in ("events", "members", "pizzas", "sales", "photos"))), False,
        {"DJANGO_ENV": "testing", "DJANGO_SETTINGS_MODULE": "settings_test", "PYTHONPATH": "."},
    ),
    "juntagrico": Application(
        f"{_GITHUB}juntagrico/juntagrico", "018bb26d", ".", "juntagrico", "django",
        ("-e", ".", "faker", "tblib"), ("manage.py", "test", "juntagrico.tests"), False, {},
    ),
    "donation-tracker": Application(
        f"{_GITHUB}GamesDoneQuick/donation-tracker", "0f143770", ".", "tracker", "django",
        ("celery==5.6.3", "channels==4.3.2", "setuptools<80", "Django<6", "django-ical==1.9.2", "django-paypal==1.1.2", "django-mptt==0.18.0",
         "django-post-office==3.11.2", "django-timezone-field==7.2.1", "djangorestframework==3.17.1", "babel", "daphne==4.2.1", "msgpack==1.1.2",
         "responses", "selenium==4.43.0", "tblib", "tqdm", "unittest-xml-reporting", "requests"),
        ("runtests.py", "--noinput", "--nobundle", "--skip-ts-check", "tests.apiv2",
         *(f"tests.test_{name}" for name in ("bid", "donation", "event", "prize", "speedrun", "search_filters", "milestone", "talent"))), False, {},
    ),
    "nemo": Application(
        f"{_GITHUB}usnistgov/NEMO", "fd77c538", ".", "NEMO", "django", ("-e", ".", "tblib"), ("run_tests.py",), False, {},
    ),
    "timesketch": Application(
        f"{_GITHUB}google/timesketch", "45b339bb8", ".", "timesketch", "sqlalchemy",
        ("-r", "requirements.txt", "Flask-Testing", "mock", "pytest", "beautifulsoup4", "httmock"), ("timesketch/models", "timesketch/views", "timesketch/api"), True, {},
    ),
    "fractal-server": Application(
        f"{_GITHUB}fractal-analytics-platform/fractal-server", "931d0d46cd", ".", "fractal_server", "sqlalchemy",
        (".", "pytest<9.1", "pytest-env", "asgi-lifespan", "httpx", "devtools", "pytest-asyncio", "pytest-docker", "a2wsgi", "jinja2"),
        ("-m", "not container and not ssh and not oauth", "tests/v2/test_03_api", *(f"tests/no_version/test_{name}.py" for name in ("api_users", "api_user_groups", "api_current_user", "user_manager"))), True,
        {"POSTGRES_PORT": "5499", "PYTHONASYNCIODEBUG": "0"},
    ),
    "sydent": Application(
        f"{_GITHUB}matrix-org/sydent", "a37d60b", ".", "sydent", "sqlite3", (".", "prometheus-client", "parameterized", "pytest", "setuptools<80"), ("tests",), True, {},
    ),
    "tomtoolkit": Application(
        f"{_GITHUB}TOMToolkit/tom_base", "6090c982", ".", ".", "django",
        ("numpy>1.24,<2.2", "astroquery<1", "astroplan>=0.8,<0.11", "astropy>=5.3.3,<8", "cryptography<=47", "django<6",
         "djangorestframework>=3.15,<4", "django-bootstrap4>3,<25", "beautifulsoup4<5", "django-contrib-comments>=2.0,<3.0",
         "django-crispy-forms>=2.0,<3.0", "crispy-bootstrap4>=2023.1,<2024.11", "django-extensions>=3.0.0,<4.0.0", "django-filter>=23,<25",
         "django-tables2>=3.0,<4", "django-gravatar2>=1.0.0,<2.0.0", "django-guardian>=2.0.0,<3.0.0", "django-htmx>=1.0.0,<2.0.0",
         "fits2image>=0.4,<0.5", "markdown<4", "pillow>9.2,<13.0", "plotly<6", "python-dateutil<3", "requests<3", "specutils>=1.20.0,<3",
         "django-tasks>=0.6.1,<0.7.0", "responses", "factory_boy", "setuptools<80", "tblib"),
        ("manage.py", "test", "--exclude-tag=canary", "tom_targets", "tom_common", "tom_calendar"), False, {"DJANGO_SETTINGS_MODULE": "tom_base.settings"},
    ),
    "fief": Application(
        f"{_GITHUB}fief-dev/fief", "a77e7fb", ".", "fief", "sqlalchemy",
        ("--ignore-requires-python", "-e", ".", "asgi-lifespan", "beautifulsoup4", "gevent", "httpx<0.28", "pytest<9", "pytest-asyncio>=0.21,<0.22", "pytest-mock",
         "pytest-xdist", "respx"),
        ("-o", "addopts=", "-n", "0",
         *(f"tests/test_{name}.py" for name in ("apps_api_roles", "apps_auth_auth", "apps_auth_reset", "apps_dashboard_roles", "tasks_register",
           "tasks_roles", "tasks_user_roles", "tasks_webhooks"))), True,
        {"SECRET": "of-the-tests", "ENCRYPTION_KEY": f"{'MDAw' * 10}MDA=", "FIEF_CLIENT_ID": "a", "FIEF_CLIENT_SECRET": "b",
         "ENVIRONMENT": "development", "TELEMETRY_ENABLED": "0", "DATABASE_TABLE_PREFIX": ""},
    ),
    "spiff-arena": Application(
        f"{_GITHUB}sartography/spiff-arena", "d7678cf75", "spiffworkflow-backend/src", "spiffworkflow_backend", "sqlalchemy",
        ("flask==3.1.3", "flask-admin", "flask-bcrypt", "flask-cors", "flask-jwt-extended", "flask-migrate", "flask-restful", "SpiffWorkflow>=3.1.3a1",
         "sentry-sdk[flask]", "connexion[swagger-ui,flask,uvicorn]==3.3.0", "lxml", "APScheduler<4", "RestrictedPython", "Flask-SQLAlchemy",
         "uvicorn[standard]", "simplejson", "pytz", "dateparser", "cryptography", "prometheus-flask-exporter", "sqlalchemy>=2.0.31,<2.1",
         "flask-session", "celery[redis]", "flower==2.0.1", "jsonschema", "chardet", "security", "./spiff-arena-common",
         "git+https://github.com/sartography/spiffworkflow-connector-command", "authlib", "uvicorn-worker", "httpx2", "pytest", "PyYAML"),
        ("-c", "spiffworkflow-backend/pyproject.toml", "--rootdir=spiffworkflow-backend", "spiffworkflow-backend/tests"), True,
        {"PYTHONPATH": "spiffworkflow-backend:spiffworkflow-backend/src", "SPIFFWORKFLOW_BACKEND_DATABASE_TYPE": "sqlite",
         "SPIFFWORKFLOW_BACKEND_ENV": "unit_testing", "FLASK_SESSION_SECRET_KEY": "0" * 32,
         "SPIFFWORKFLOW_BACKEND_RUN_BACKGROUND_SCHEDULER_IN_CREATE_APP": "false"},
    ),
    "tandoor": Application(
        f"{_GITHUB}TandoorRecipes/recipes", "d206eddbd", ".", "cookbook", "django",
        ("-r", "requirements.txt"),
        ("-o", "addopts=",
         *(f"cookbook/tests/api/test_api_{name}.py" for name in ("recipe", "shopping_list_entryv2", "meal_plan", "unit_conversion", "invitelinke", "step", "space")),
         "cookbook/tests/other/test_automations.py", "cookbook/tests/other/test_food_property.py"), True, {"SECRET_KEY": "of-the-tests"},
    ),
    "coldfront": Application(
        f"{_GITHUB}ubccr/coldfront", "46d0ebaa3", ".", "coldfront", "django",
        ("-e", ".", "bibtexparser<2", "factory-boy", "faker", "tblib", "setuptools<80"), ("manage.py", "test"), False, {},
    ),
    "rdmo": Application(
        f"{_GITHUB}rdmorganiser/rdmo", "15fbe00f2", ".", "rdmo", "django",
        ("-e", ".[allauth,openapi]", "pytest>=9", "pytest-django", "pytest-mock", "setuptools<83"),
        ("rdmo/projects", "rdmo/views", "rdmo/tasks", "--ignore-glob=*/e2e", "-k", "[owner-owner or [manager-manager or (not [ and not multisite and not handlers)"), True,
        {"DJANGO_SETTINGS_MODULE": "config.settings", "PYTHONPATH": "testing"},
    ),
    "gns3": Application(
        f"{_GITHUB}GNS3/gns3-server", "8719e12c5", ".", "gns3server", "sqlalchemy",
        ("-e", ".", "pytest==9.0.3", "pytest-timeout", "pytest-asyncio==1.3.0", "httpx==0.28.1", "httpx_ws==0.7.2", "setuptools<80"),
        ("-c", "tests/pytest.ini", "--rootdir=.", "tests/api/routes/controller"), True, {},
    ),
    "reader": Application(
        f"{_GITHUB}lemon24/reader", "fb77ceee", "src", "reader", "sqlite3",
        ("-e", ".[all]", "pytest", "requests-mock", "html5lib", "lxml", "flaky", "pytest-cov", "requests-wsgi-adapter"), ("-o", "addopts=", "tests"), True, {},
        r"^reader\._storage\.(_sql_utils|_base):",
    ),
    "dribdat": Application(
        f"{_GITHUB}dribdat/dribdat", "a679b851", ".", "dribdat", "sqlalchemy",
        ("bleach", "boto3", "chardet<6", "cssmin", "email-validator", "Flask>=3.1.3", "flask-assets", "flask-bcrypt", "flask-caching", "flask-cors",
         "flask-dance", "flask-hashing", "flask-login", "flask-mailman", "flask-migrate", "flask-sqlalchemy", "flask-talisman", "flask-wtf",
         "frictionless>=4.19.5,<5", "future", "gevent<25.8.1", "graphene>=3.2", "jsmin", "micawber", "pyquery", "pystache", "python-dotenv<0.22", "pytz",
         "redis<5", "typer<0.12", "sqlalchemy<2.1", "SQLAlchemy-Continuum<2", "whitenoise", "wtforms[email]", "icalendar<7", "markdown-it-py",
         "linkify-it-py", "huggingface-hub<0.36", "pyomo", "highspy", "numpy<3", "factory-boy", "Flask-DebugToolbar", "flask-openapi3", "pytest", "WebTest",
         "setuptools<80"), ("tests",), True, {},
    ),
    "throat": Application(
        f"{_GITHUB}Phuks-co/throat", "b6d008a3", ".", "app", "peewee",
        ("bcrypt<4", "beautifulsoup4", "boto3", "flask>=2.1,<2.3", "flask-babel<3", "flask-caching<2.1", "flask-cloudy", "flask-jwt-extended<4.5",
         "flask-limiter<2", "flask-login<0.7", "flask-mail<0.10", "flask-redis", "flask-socketio<5.4", "flask-talisman<0.8", "flask-webpack", "flask-wtf<1.2",
         "misaka", "psycopg2-binary", "pyotp", "redis<4", "pytest<8", "pytest-flask<1.3", "qrcode", "gevent", "wheezy.html", "wheezy.template",
         "wheezy.extractor", "pyyaml", "wtforms<3.1", "email-validator<2", "peewee<3.17", "python-magic", "pillow", "mutagen", "fasteners",
         "python-keycloak<3", "tinycss2", "captcha<0.5", "sendgrid", "pyfcm<2", "feedgen", "peewee-migrate", "oic", "gevent-websocket", "psycogreen", "mock",
         "pyrsistent", "werkzeug<2.3", "setuptools<80"), ("test",), True, {}, r"^app\.models:peewee_count_queries",
    ),
    "bracket": Application(
        f"{_GITHUB}evroon/bracket", "6295b1f4", "backend", "bracket", "asyncpg",
        ("aiofiles", "aiohttp", "aiopg", "alembic", "asyncpg==0.31.0", "bcrypt", "click", "databases[asyncpg]==0.9.0", "fastapi", "fastapi-sso",
         "heliclockter", "parameterized", "passlib", "pydantic_settings", "pyjwt", "python-multipart", "sentry-sdk", "sqlalchemy==2.0.44", "uvicorn",
         "aioresponses", "pytest-asyncio==1.4.0", "pytest-xdist", "psycopg2-binary", "setuptools<80"),
        ("-c", "backend/pyproject.toml", "-W", "default", "--rootdir=backend", "backend/tests"), True,
        {"PYTHONPATH": "backend", "ENVIRONMENT": "CI", "JWT_SECRET": "of-the-tests", "PG_DSN": "postgresql://bracket_ci:bracket_ci@localhost:5532/bracket_ci"},
    ),
    "diracx": Application(
        f"{_GITHUB}DIRACGrid/diracx", "712f32e9", "merged", "diracx", "sqlalchemy",
        (*(f"./diracx-{name}" for name in ("core", "db", "logic", "routers", "client", "api", "tasks", "testing")), "aiosqlite", "pytest", "pytest-asyncio", "moto", "httpx"),
        ("-o", "asyncio_mode=auto", "--ignore=diracx-routers/tests/auth/test_standard.py", "diracx-db/tests", "diracx-logic/tests", "diracx-routers/tests"), True,
        {"PYTHONPATH": "merged"},
    ),
    "hushline": Application(
        f"{_GITHUB}scidsg/hushline", "1e803cd6", ".", "hushline", "sqlalchemy",
        ("aiohttp", "beautifulsoup4", "better-profanity", "bleach", "boto3", "click", "cryptography", "dnspython", "email-validator", "flask[async]",
         "flask-migrate", "flask-sqlalchemy", "flask-wtf", "gunicorn", "markdown", "passlib", "psycopg[binary,pool]", "pyotp", "pysequoia", "qrcode", "requests",
         "stripe<11", "Unidecode", "countrystatecity-countries", "pytest", "pytest-asyncio", "pytest-mock", "pytest-cov", "greenlet"),
        tuple(f"tests/test_{name}.py" for name in ("conversation", "admin", "registration_and_login", "delete_account", "inbox", "replies",
           "resend_message")), True, {"SECRET_KEY": "of-the-tests", "ENCRYPTION_KEY": f"{'MDAw' * 10}MDA="},
    ),
    "synapse": Application(
        f"{_GITHUB}element-hq/synapse", "a58ad44eb0", ".", "synapse", "sqlite3",
        ("matrix-synapse==1.157.1", "pytest", "parameterized", "idna", "lxml", "authlib", "txredisapi"),
        tuple(f"tests/storage/test_{name}.py" for name in ("registration", "devices", "directory", "profile", "receipts", "account_data", "user_filters",
           "end_to_end_keys", "e2e_room_keys", "thread_subscriptions", "appservice", "relations", "room", "purge")), True, {}, r"^synapse\.storage\.(database:|engines\.)",
    ),
    "aiod": Application(
        f"{_GITHUB}aiondemand/AIOD-rest-api", "5b401908", "src", ".", "sqlalchemy", ("-e", ".[dev]", "sqlalchemy<2.0.36", "setuptools<80"),
        ("src/tests/routers", "src/tests/database", "src/tests/uploader"), True, {},
    ),
    "django-crm": Application(
        f"{_GITHUB}DjangoCRM/django-crm", "4a0caf5e", ".", ".", "django",
        ("aiohttp", "asgiref", "Django==6.0.7", "geoip2", "openpyxl", "pandas", "pillow", "polib", "python-dateutil", "pytz", "requests", "tendo",
         "XlsxWriter", "tblib"),
        ("manage.py", "test", "tests/", "--noinput"), False, {},
    ),
    "djangogirls": Application(
        f"{_GITHUB}DjangoGirls/djangogirls", "7b660edf", ".", ".", "django", ("--no-deps", "-r", "requirements.txt", "setuptools<70"), ("tests",), True,
        {"DATABASE_URL": "sqlite://:memory:", "RECAPTCHA_TESTING": "True"},
    ),
    "credentials": Application(
        f"{_GITHUB}openedx/credentials", "b6dcad5c", ".", "credentials", "django", ("--no-deps", "-r", "requirements/test.txt", "-r", "requirements/django.txt", "setuptools<80"),
        ("credentials/apps",), True, {"DJANGO_SETTINGS_MODULE": "credentials.settings.test"},
    ),
    "license-manager": Application(
        f"{_GITHUB}openedx/license-manager", "d1fc5d9", ".", "license_manager", "django",
        ("--no-deps", "-r", "requirements/test.txt", "-r", "requirements/django.txt", "setuptools<80"),
        ("-o", "addopts=", "license_manager"), True, {"DJANGO_SETTINGS_MODULE": "license_manager.settings.test"},
    ),
    "enterprise-access": Application(
        f"{_GITHUB}openedx/enterprise-access", "ee7d23a8", ".", "enterprise_access", "django",
        ("--no-deps", "-r", "requirements/test.txt", "django>=5.2,<5.3", "setuptools<80"),
        ("-o", "addopts=", "--ds=settings_fast", *(f"enterprise_access/apps/{part}" for part in (
            "subsidy_request", "workflow", "customer_billing", "provisioning", "core", "subsidy_access_policy/tests/test_admin.py",
            "subsidy_access_policy/tests/test_forms.py", "subsidy_access_policy/tests/test_models.py",
            *(f"content_assignments/tests/test_{name}.py" for name in ("models", "tasks", "api")),
            *(f"api/v1/tests/test_{name}.py" for name in ("customer_billing", "provisioning_views", "browse_and_request_views",
              "assignment_configuration_views", "checkout_intent_views", "stripe_event_summary_views", "assignment_views"))))), True, {},
    ),
    "nutshell": Application(
        f"{_GITHUB}cashubtc/nutshell", "3282be2f", ".", "cashu", "sqlalchemy",
        ("SQLAlchemy[asyncio]>=2.0.35,<2.1", "click<8.2", "pydantic<2.12", "pydantic-settings<2.7", "bech32", "fastapi<0.116", "environs<10", "marshmallow<4",
         "uvicorn<0.32", "loguru", "ecdsa<0.20", "bitstring<4", "cryptography<44", "websocket-client", "pycryptodomex", "httpx[socks]<0.26", "bip32<5", "mnemonic",
         "bolt11", "websockets<13", "slowapi", "limits<4", "cbor2<6", "asyncpg", "aiosqlite<0.21", "grpcio", "googleapis-common-protos", "protobuf<6", "pyjwt<3", "redis<6",
         "brotli", "zstandard", "jinja2", "breez-sdk-spark==0.18.0", "pytest<9", "pytest-asyncio<0.25", "respx", "hypothesis", "setuptools<80"),
        ("-o", "addopts=", *(f"tests/mint/test_mint{name}.py" for name in ("", "_db_operations", "_db", "_operations", "_melt", "_keysets", "_init")),
         "tests/wallet/test_wallet_crud_unit.py", "tests/wallet/test_wallet.py", "tests/wallet/test_wallet_cli.py"), True, {}, r"^cashu\.core\.db:",
    ),
    "simplelogin": Application(
        f"{_GITHUB}simple-login/app", "dbc45fcc", ".", "app", "sqlalchemy",
        ("flask~=1.1.2", "flask_login~=0.5.0", "wtforms~=2.3.3", "unidecode", "bcrypt~=3.2.0", "python-dotenv~=0.14.0", "sqlalchemy_utils==0.36.8",
         "psycopg2-binary~=2.9.10", "sentry_sdk~=2.20.0", "blinker~=1.9.0", "arrow~=0.16.0", "Flask-WTF~=0.14.3", "boto3", "Flask-Migrate~=2.5.3",
         "flask_admin~=1.5.6", "flask-cors~=3.0.9", "watchtower", "jwcrypto<1.5", "flask-debugtoolbar~=0.11.0", "requests_oauthlib", "pyopenssl<23",
         "aiosmtpd~=1.2", "dnspython~=2.7.0", "coloredlogs", "pycryptodome", "phpserialize", "dkimpy==1.0.5", "pyotp~=2.4.0", "flask_profiler",
         "facebook-sdk", "google-api-python-client~=1.12.3", "google-auth-httplib2", "python-gnupg", "webauthn~=0.4.7", "pyspf", "Flask-Limiter==1.5",
         "memory_profiler", "gevent", "email-validator~=2.2.0", "PGPy==0.5.4", "coinbase-commerce", "requests", "newrelic", "flanker", "tldextract~=3.1.2",
         "twilio~=7.3.2", "Deprecated", "MarkupSafe~=1.1.1", "cryptography~=37.0.1", "SQLAlchemy~=1.3.24", "redis==5.2.1", "newrelic-telemetry-sdk",
         "aiospamc==0.10", "itsdangerous~=1.1.0", "werkzeug~=1.0.1", "alembic~=1.4.3", "limits~=4.0.1", "strictyaml", "cachetools", "jinja2<3.1", "pytest<8", "setuptools<80",
         "click<8.1"), ("-o", "addopts=", "tests/api", "tests/dashboard", "tests/jobs", "tests/models", "tests/handler", "tests/test_alias_utils.py",
          "tests/test_mailbox_utils.py", "tests/test_custom_domain_utils.py", "tests/test_contact_utils.py", "tests/test_account_linking.py"), True,
        {"PYTHONPATH": "stub:."},
    ),
    "basicmemory": Application(
        f"{_GITHUB}basicmachines-co/basic-memory", "4d1dfdb7", "src", "basic_memory", "sqlalchemy",
        ("sqlalchemy>=2.0.0,<2.1", "pyyaml", "typer", "aiosqlite", "greenlet", "pydantic[email,timezone]>=2.12.0", "mcp>=2,<3", "pydantic-settings", "loguru",
         "markdown-it-py", "python-frontmatter", "rich", "unidecode", "dateparser", "watchfiles", "fastapi>=0.136.1", "uvicorn", "python-multipart", "jinja2",
         "alembic", "pillow", "pybars3", "fastmcp==4.0.0b1", "pyjwt", "python-dotenv", "aiofiles", "asyncpg", "nest-asyncio", "pytest<10", "pytest-asyncio",
         "psycopg[binary]", "psycopg2-binary", "mdformat", "mdformat-gfm", "mdformat-frontmatter", "sniffio", "anyio", "httpx", "sqlite-vec", "logfire", "psutil",
         "filelock", "pytest-mock", "freezegun", "pytest-timeout", "icecream", "testcontainers"),
        ("-o", "addopts=", *(f"tests/repository/test_{name}_repository.py" for name in ("entity", "observation", "relation", "project", "note_content", "search")),
         "tests/api/v2/test_knowledge_router.py", "tests/api/v2/test_project_router.py", "tests/services/test_entity_service.py"), True, {},
    ),
    "byceps": Application(
        f"{_GITHUB}byceps/byceps", "d087a788b", ".", "byceps", "sqlalchemy",
        ("babel", "bbcode==1.1.0", "blinker", "click>=8.3.3", "flask-babel==4.0.0", "flask-sqlalchemy==3.1.1", "flask>=3.1.3", "httpx[http2]", "itsdangerous==2.2.0",
         "jinja2>=3.1.6", "lanpartydb>=0.13.0", "markupsafe==3.0.3", "mistletoe", "paypal-checkout-serversdk==1.0.3", "paypalhttp==1.0.1", "pillow>=12",
         "psycopg[binary]>=3.3", "py-moneyed==3.0", "pydantic>=2.12", "python-dotenv", "qrcode", "redis", "rq-dashboard", "rq", "rtoml", "schwifty", "secret-type",
         "sentry-sdk[flask,httpx,rq,sqlalchemy]", "sqlalchemy>=2.0.45,<2.1", "stripe==5.4.0", "structlog", "tenacity", "uuid6", "werkzeug>=3.1", "wtforms>=3.2",
         "flask-debugtoolbar==0.16.0", "pytest>=9", "freezegun", "respx", "pyfakefs"), ("tests/integration/services",), True,
        {"POSTGRES_PORT": "15432", "POSTGRES_USER": "test", "POSTGRES_DB": "byceps_test"},
    ),
    "procrastinate": Application(
        f"{_GITHUB}procrastinate-org/procrastinate", "f099a753", ".", "procrastinate", "psycopg",
        ("psycopg[pool,binary]", "asgiref", "attrs", "croniter", "python-dateutil", "typing-extensions", "packaging", "django>=4.2", "sqlalchemy~=2.0", "aiopg",
         "psycopg2-binary", "pytest<9", "pytest-asyncio", "pytest-benchmark", "pytest-django", "pytest-mock", "sphinx", "setuptools<80"),
        ("-o", "addopts=", "tests/integration/test_manager.py", "tests/integration/test_psycopg_connector.py", "tests/integration/test_sync_psycopg_connector.py",
         "tests/integration/test_schema.py", "tests/acceptance/test_async.py", "tests/acceptance/test_sync.py"), True,
        {"PGHOST": "localhost", "PGPORT": "15432", "PGUSER": "test", "PGPASSWORD": "test", "PGDATABASE": "postgres"},
        r"^procrastinate\.(psycopg_connector|sync_psycopg_connector|connector|utils):",
    ),
    "dstack": Application(
        f"{_GITHUB}dstackai/dstack", "511c318c8", "src", "dstack", "sqlalchemy",
        ("pyyaml", "requests", "requests-unixsocket>=0.4.1", "cryptography", "packaging", "python-dateutil", "cachetools", "gitpython", "jsonschema", "paramiko",
         "cursor", "rich", "rich-argparse", "tqdm", "questionary", "pydantic>=2.12", "websocket-client", "python-multipart", "filelock", "psutil", "gpuhunt==0.1.30",
         "argcomplete", "ignore-python", "apscheduler<4", "fastapi", "uvicorn[standard]", "aiorwlock", "aiocache", "httpx>=0.28", "jinja2", "watchfiles",
         "sqlalchemy[asyncio]>=2.0,<2.1", "sqlalchemy_utils>=0.40", "alembic", "aiosqlite", "docker", "python-dxf", "sentry-sdk[fastapi]", "alembic-postgresql-enum",
         "asyncpg", "python-json-logger", "prometheus-client", "grpcio>=1.81.0", "protobuf>=6.33.5", "smg-grpc-proto==0.4.9", "boto3", "pytest~=8.0",
         "pytest-asyncio>=0.25.2", "pytest-mock", "pytest-httpbin", "pytest-socket", "pytest-env", "pytest-unordered", "requests-mock", "freezegun>=1.5.1",
         "httpbin>=0.10.2", "testcontainers>=4.15.0", "openai"),
        ("-o", "asyncio_mode=auto", *(f"src/tests/_internal/server/{part}.py" for part in
         ("routers/test_users", "routers/test_projects", "routers/test_fleets", "routers/test_volumes", "routers/test_gateways", "routers/test_secrets",
          "routers/test_repos", "services/test_users", "routers/test_instances", "routers/test_runs"))), True, {"PYTHONPATH": "src"},
    ),
    "barbican": Application(
        f"{_GITHUB}openstack/barbican", "2d1ea860", ".", "barbican", "sqlalchemy",
        ("-e", ".", "-r", "test-requirements.txt", "pytest", "setuptools<80"), ("barbican/tests",), True, {"PBR_VERSION": "20.0.0"},
    ),
    "buku": Application(
        f"{_GITHUB}jarun/buku", "9f5bfe2", ".", ".", "sqlite3", ("-e", ".[tests,server]", "pytest", "lxml"), ("tests",), True, {},
    ),
    "flexget": Application(
        f"{_GITHUB}Flexget/Flexget", "05b661f56", ".", "flexget", "sqlalchemy", ("-e", ".", "pytest==8.*", "vcrpy==7.*"),
        ("-m", "not online and not require_optional_deps", *(f"tests/test_{name}.py" for name in (
            "backlog", "delay", "entry_list", "movie_list", "pending_list", "regexp_list", "remember_rejected", "seen", "simple_persistence", "upgrade"))),
        True, {},
    ),
    "wooey": Application(
        f"{_GITHUB}wooey/Wooey", "d1db8bc", ".", "wooey", "django", ("-e", ".", "factory-boy<3", "mock", "boto3", "tblib", "pytest", "setuptools<80"),
        ("-m", "django", "test", "--settings=wooey.test_settings", "wooey.tests"), False, {},
    ),
    "spirit": Application(
        f"{_GITHUB}nitely/Spirit", "72361fd3", ".", "spirit", "django", ("-e", ".", "huey~=2.5", "django-debug-toolbar", "tblib", "setuptools<80"),
        ("-m", "django", "test", "--settings=test_project.test_project.settings.test", "spirit"), False, {},
    ),
    "dmt": Application(
        f"{_GITHUB}ccnmtl/dmt", "5d05133f", ".", "dmt", "django", ("--no-deps", "-r", "requirements.txt", "numpy", "sqlparse", "setuptools<80"),
        ("manage.py", "test", "dmt"), False, {},
    ),
    "patchew": Application(
        f"{_GITHUB}patchew-project/patchew", "b67e4c2", ".", ".", "django",
        ("Django>=3.2,<3.3", "Pillow", "Markdown<3", "django-debug-toolbar==3.8.1", "djangorestframework<3.15", "jsonfield2>=3,<4",
         "drf-nested-routers==0.93.4", "django-rest-auth", "pyyaml", "compynator", "psycopg2-binary", "tblib", "setuptools<80"),
        ("manage.py", "test"), False, {"VIRTUAL_ENV": "../patchew.data"},
    ),
    "mistral": Application(
        f"{_GITHUB}openstack/mistral", "3422e078", ".", "mistral", "sqlalchemy",
        ("-r", "requirements.txt", "oslotest", "requests-mock", "fixtures", "WebTest", "testtools", "pytest<9", "setuptools<80"),
        tuple(f"mistral/tests/unit/{name}.py" for name in ("db/v2/test_transactions", "db/v2/test_sqlalchemy_db_api",
              "services/test_trigger_service", "services/test_workbook_service", "services/test_workflow_service")), True, {"PBR_VERSION": "20.0.0"},
    ),
    "medperf": Application(
        f"{_GITHUB}mlcommons/medperf", "5f3c4c4f", "server", ".", "django",
        ("-r", "server/requirements.txt", "requests", "parameterized==0.9.0", "tblib==3.0.0", "setuptools<80"),
        ("server/manage.py", "test", "server"), False, {},
    ),
    "zou": Application(
        f"{_GITHUB}cgwire/zou", "4bf77e6d", ".", "zou", "sqlalchemy", ("-e", ".[test,monitoring]"),
        ("tests/models", *(f"tests/services/test_{name}_service.py" for name in (
            "chats", "budget", "deletion", "playlists", "persons", "time_spents", "news", "concepts"))), True,
        {"DB_DATABASE": "zoutest", "DB_HOST": "127.0.0.1"},
    ),
    "Hyperion": Application(
        f"{_GITHUB}aeecleclair/Hyperion", "e9b5f538", ".", "app", "sqlalchemy",
        ("-r", "requirements.txt", "aiosqlite", "coverage", "pytest-alembic", "pytest-asyncio", "pytest-cov", "pytest-mock", "pytest-xdist"),
        ("-o", "addopts=", *(f"tests/modules/test_{name}.py" for name in ("advert", "amap", "booking", "campaign", "loan", "ph", "phonebook",
         "raffle", "recommendation", "seed_library", "cinema")), *(f"tests/core/test_{name}.py" for name in ("groups", "memberships", "schools"))),
        True, {},
    ),
    "privacyidea": Application(
        f"{_GITHUB}privacyidea/privacyidea", "55410007d", ".", "privacyidea", "sqlalchemy",
        ("-r", "tests/requirements.txt", "-e", ".", "pytest"),
        (*(f"tests/test_lib_{name}.py" for name in ("tokengroup", "realm", "serviceid", "periodictask", "smtpserver", "machines")),
         "tests/test_db_model.py", "tests/test_lib_subscriptions.py", "tests/test_lib_audit.py", "tests/test_lib_token.py"),
        True, {"TEST_DATABASE_URL": "sqlite://"},
    ),
    "opencodelists": Application(
        f"{_GITHUB}opensafely-core/opencodelists", "84e59302", ".", ".", "django",
        ("antlr4-python3-runtime", "beautifulsoup4", "crispy-bootstrap4", "dj-database-url", "django>=5.2,<6.0", "django-anymail[mailgun]",
         "django-cors-headers", "django-crispy-forms", "django-extensions", "django-structlog", "django-taggit", "django-vite",
         "djangorestframework", "faker", "furl", "lxml", "markdown2", "nh3", "openpyxl", "opentelemetry-exporter-otlp",
         "opentelemetry-instrumentation-django", "opentelemetry-sdk", "requests", "sentry-sdk", "slippers", "sqlean-py", "structlog", "tqdm",
         "whitenoise[brotli]", "hypothesis", "pytest-django", "responses"),
        ("--ignore=codelists/tests/test_bulk_import_codelists.py", "--ignore=codelists/tests/test_update_missing_cached_hierarchies.py", "--ignore-glob=*functional*"), True,
        {"IN_PRODUCTION": "False", "DEBUG": "True", "BASE_URLS": "http://localhost:7000", "SECRET_KEY": "x", "DJANGO_DEBUG_TOOLBAR": "False",
         "SENTRY_DSN": "", "TRUD_API_KEY": "x", "ASSETS_DEV_MODE": "False", "DJANGO_SETTINGS_MODULE": "opencodelists.settings"},
    ),
    "phoenix": Application(
        f"{_GITHUB}Arize-ai/phoenix", "9478f954bb", "src", "phoenix", "sqlalchemy", ("-e", ".", "pytest-asyncio", "asgi-lifespan"),
        ("-o", "addopts=--import-mode=importlib", *(f"tests/unit/server/api/mutations/test_{name}_mutations.py" for name in (
            "dataset", "dataset_split", "experiment", "prompt", "project", "annotation_config", "span_annotation", "trace_transfer",
            "project_trace_retention_policy", "secret", "model")), *(f"tests/unit/server/api/routers/v1/test_{name}.py" for name in (
            "datasets", "experiments", "prompts", "annotations", "sessions"))), True,
        {"PYTHONPATH": "src"},
    ),
    "timed": Application(
        f"{_GITHUB}adfinis/timed-backend", "a26658b", ".", "timed", "django",
        ("python-dateutil", "django~=4.2.11", "django-cors-headers", "django-filter~=24.2", "django-multiselectfield==0.1.12",
         "django-prometheus", "djangorestframework==3.15.1", "djangorestframework-jsonapi==7.0.0", "mozilla-django-oidc==4.0.1", "pytz",
         "pyexcel-webio", "pyexcel-io", "django-excel==0.0.10", "django-nested-inline", "pyexcel-ods3", "pyexcel-xlsx", "pyexcel-ezodf",
         "django-environ", "django-money<4", "python-redmine", "sentry-sdk<2", "whitenoise", "django-hurricane", "openpyxl==3.0.10",
         "psycopg[binary]", "factory-boy==3.3.0", "pytest==8.2.0", "pytest-django==4.8.0", "pytest-env", "pytest-factoryboy==2.1.0",
         "pytest-freezegun", "pytest-mock", "pytest-randomly==3.15.0", "requests-mock", "snapshottest", "django-extensions", "setuptools<80"),
        ("timed",), True, {"ENV": "dev", "DJANGO_DATABASE_HOST": "127.0.0.1", "DJANGO_DATABASE_PORT": "15544"},
    ),
}  # fmt: skip

Triple = tuple[str, str, str]


def main() -> None:
    """Record what is not recorded yet, and compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("names", nargs="*", choices=[*APPLICATIONS, []], metavar="NAME")
    parser.add_argument("--missing", action="store_true", help="also list what was not found, and what was not seen")
    parser.add_argument("--calls", action="store_true", help="compare calls instead of accesses")
    options = parser.parse_args()
    heads = "executed: found | event: found | claimed on lines that ran: seen | whatever rows there are: seen"
    if options.calls:
        heads = "called directly: found | through a library: found | called on lines that ran: ran | handed over: ran | as a pair"
    print(f"| application | {heads} |")
    print("|---" * (heads.count("|") + 2) + "|")
    for name in options.names or APPLICATIONS:
        application = APPLICATIONS[name]
        folder = options.folder.resolve() / name
        prefix = record(application, folder)
        sources = folder / application.sources
        if options.calls:
            scores = Scores(read_recording(prefix), api.analyze(sources, cache_folder=None).system, sources)
            print(f"| {name} | {' | '.join(figure for _, figure in scores.calls())} |", flush=True)
            if options.missing:
                print_missing(scores.missing)
            continue
        compared = compare(prefix, sources, application.layer)
        print(
            f"| {name} | {compared.executed} | {compared.event} | {compared.confirmed} | {compared.whatever_rows} |",
            flush=True,
        )
        for line in compared.lists if options.missing else ():
            print(f"    {line}")


def prepared(application: Application, folder: Path) -> Path:
    """The interpreter that an application is installed for; gets the application if it is not there."""
    if not folder.is_dir():
        subprocess.run(["git", "clone", "-q", application.origin, str(folder)], check=True)
        subprocess.run(["git", "-C", str(folder), "checkout", "-q", application.revision], check=True)
    environment = folder.with_name(f"{folder.name}.venv")
    python = environment / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not python.is_file():
        venv.create(environment, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "-q", *application.install], cwd=folder, check=True)
    return python


def record(application: Application, folder: Path) -> Path:
    """Run an application's tests under the recorder, unless its recording is there; the prefix of the recording."""
    prefix = folder.with_name(f"{folder.name}.recorded") / folder.name
    if Path(f"{prefix}.access.jsonl").is_file():
        return prefix
    prefix.parent.mkdir(parents=True, exist_ok=True)
    python = prepared(application, folder)
    variables = {**os.environ, **application.environment}
    variables["PYTHONPATH"] = os.pathsep.join(filter(None, (str(HERE), variables.get("PYTHONPATH", ""))))
    package = f"{application.sources}/{application.package}"
    given = {"root": package, "base": application.sources, "out": str(prefix), "hooks": application.hooks}
    if application.as_pytest:
        own = ["-m", "pytest", "-q", "-p", "recorder.pytest_plugin", *(f"--recorder-{k}={v}" for k, v in given.items())]
    else:
        own = ["-m", "recorder", "run", *(word for k, v in given.items() for word in (f"--{k}", v)), "--"]
    # Some tests fail where they ask for the network; what ran before is recorded all the same.
    subprocess.run([python, *own, *application.command], cwd=folder, env=variables, check=False, stdout=sys.stderr)
    layer = ["--layer", application.layer] if application.layer else []
    resolve = [sys.executable, "-m", "recorder", "resolve", "--out", str(prefix), *layer, f"{prefix}.raw.jsonl"]
    subprocess.run(resolve, env={**os.environ, "PYTHONPATH": str(HERE)}, check=True, stdout=sys.stderr)
    return prefix


class Compared(NamedTuple):
    """The figures, as text, and the lists behind them."""

    executed: str
    event: str
    confirmed: str
    whatever_rows: str
    lists: list[str]


def compare(prefix: Path, sources: Path, layer: str = "") -> Compared:
    """A recording beside what the analysis says of the same sources.

    Statements under functions of the ``layer`` were recorded for their callers, so what is claimed of these themselves is not judged.
    """
    own = {_bare(row["table"]) for row in _rows(prefix, "tables") if row["own"]}
    rows = [row for row in _rows(prefix, "access") if _bare(row["table"]) in own]
    lines = {f: set(n) for f, n in json.loads(Path(f"{prefix}.lines.json").read_text(encoding="utf-8")).items()}
    system = api.analyze(sources, cache_folder=None).system
    known = {definition.id for definition in system.definitions}
    claimed: dict[Triple, list[tuple[str, int]]] = {}
    units: dict[Triple, set[str]] = {}
    always: set[Triple] = set()
    answering: dict[Triple, list[tuple[str, ...]]] = {}
    for access in (*system.accesses, *system.flushes, *system.alternatives):
        if INSIDE.match(access.rule):
            continue
        triple = access.definition, _bare(access.table), "read" if access.operation == "read" else "write"
        claimed.setdefault(triple, []).append((access.file, access.line))
        units.setdefault(triple, set()).add(access.unit)
        answering.setdefault(triple, []).append(access.answering)
        if IF_THERE not in access.rule:
            always.add(triple)
    executed = {_triple(r) for r in rows if r["role"] == "execute" and not NOISE & set(r["via"])}
    executed = {triple for triple in executed if triple[0] in known}
    events = set()
    for row in _rows(prefix, "chains"):
        functions = tuple(_id(f) for f in (*row["chain"][-1:], *row["origins"]))
        if _bare(row["table"]) in own and not NOISE & set(row["via"]) and not known.isdisjoint(functions):
            events.add((functions, _bare(row["table"]), row["op"]))
    found = {event for event in events if any((f, *event[1:]) in claimed for f in event[0])}
    seen = {_triple(row) for row in rows}
    judged = {t for t, places in claimed.items() if t[1] in own and any(n in lines.get(f, ()) for f, n in places)}
    # The body of a class runs when it is imported: what is claimed of the class itself is judged where it acted, if that was recorded.
    acting = _rows(prefix, "classes") if Path(f"{prefix}.classes.jsonl").is_file() else []
    inherited = {(row["class"], _bare(row["table"]), row["op"]) for row in acting}
    acted = {triple[0] for triple in inherited}
    classes = {definition.id for definition in system.definitions if definition.kind == "class"}
    judged = {triple for triple in judged if triple[0] not in classes or triple[0] in acted}
    # So does a module that only names the models of pages: what these pages do is told of it, and seen under the framework's own methods.
    modules = {definition.id for definition in system.definitions if definition.kind == "module"}
    pages = modules & {entry.handler for entry in system.entry_points if entry.kind == "admin"}
    judged = {triple for triple in judged if triple[0] not in pages}
    ran = _methods_that_ran(prefix)
    judged = {t for t in judged if t[0] not in classes or _one_ran(answering[t], ran.get(t[0]))}
    receivers: dict[str, set[str]] = {}
    for row in _rows(prefix, "receivers") if Path(f"{prefix}.receivers.jsonl").is_file() else []:
        receivers.setdefault(_id(row["function"]), set()).add(_unit(_id(row["class"])))
    judged = {t for t in judged if t[0] not in receivers or not units[t].isdisjoint(receivers[t[0]])}
    judged = {triple for triple in judged if not layer or not re.search(layer, triple[0])}
    seen |= {triple for triple in inherited if triple[0] in classes}
    missing = [f"not found: {' '.join(triple)}" for triple in sorted(executed - claimed.keys())]
    unseen = [f"not seen: {' '.join(triple)} {claimed[triple][0]}" for triple in sorted(judged - seen)]
    return Compared(
        _share(len(executed & claimed.keys()), len(executed)),
        _share(len(found), len(events)),
        _share(len(judged & seen), len(judged)),
        _share(len(judged & seen & always), len(judged & always)),
        [*missing, *unseen],
    )


def _rows(prefix: Path, name: str) -> list[dict[str, Any]]:
    with Path(f"{prefix}.{name}.jsonl").open(encoding="utf-8") as stream:
        return [json.loads(line) for line in stream]


def _methods_that_ran(prefix: Path) -> dict[str, set[str]]:
    """Class -> its methods, its own and inherited ones, that ran; nothing of any in recordings that do not tell."""
    ran: dict[str, set[str]] = {}
    for row in _rows(prefix, "methods") if Path(f"{prefix}.methods.jsonl").is_file() else []:
        ran.setdefault(_id(row["class"]), set()).add(row["method"])
    return ran


def _one_ran(answering: list[tuple[str, ...]], ran: set[str] | None) -> bool:
    """Whether a method ran that does one of several things that are claimed alike, or whatever method does it."""
    return ran is None or any(not methods or not ran.isdisjoint(methods) for methods in answering)


def _triple(row: dict[str, Any]) -> Triple:
    return _id(row["function"]), _bare(row["table"]), row["op"]


def _id(function: str) -> str:
    return function.replace(".<locals>", "").replace(":<module>", ":")


def _unit(definition: str) -> str:
    module, _, qualname = definition.partition(":")
    return f"{module}:{qualname.partition('.')[0]}"


def _bare(table: str) -> str:
    return table.lower().rpartition(".")[2]


def _share(found: int, of: int) -> str:
    return f"{found} of {of} ({found / of:.2f})" if of else "none"


if __name__ == "__main__":
    main()
