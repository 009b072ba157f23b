"""Which files there are, what they are called, and what is left out."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from decompose import api
from decompose.errors import InputError
from decompose.sources import discover

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Draw

LAYOUTS = [
    pytest.param({"app.py": "", "lib/__init__.py": "", "lib/x.py": ""}, {"app", "lib", "lib.x"}, id="flat"),
    pytest.param({"src/app/__init__.py": "", "src/app/x.py": ""}, {"app", "app.x"}, id="src"),
    pytest.param({"src/app.py": "import lib", "src/lib.py": ""}, {"app", "lib"}, id="src without packages"),
    pytest.param(
        {
            "ns/one/__init__.py": "",
            "ns/one/x.py": "import ns.two.y",
            "ns/two/__init__.py": "",
            "ns/two/y.py": "import ns.one.x",
        },
        {"ns.one", "ns.one.x", "ns.two", "ns.two.y"},
        id="namespace package",
    ),
    pytest.param(
        {
            "shop/__init__.py": "",
            "shop/orders.py": "import httpx\nfrom httpx import Client\nfrom braintrust import score",
            "shop/httpx/pool.py": "import httpx",
            "shop/providers/braintrust.py": "from braintrust import score",
        },
        {"shop", "shop.orders", "shop.httpx.pool", "shop.providers.braintrust"},
        id="folders and files called as libraries are",
    ),
    pytest.param(
        {
            "shop/__init__.py": "",
            "shop/orders.py": "from shop.access.rules import check\nfrom shop.access import rules",
            "shop/access/rules.py": "",
            "ee/__init__.py": "",
            "ee/shop/__init__.py": "from ee.shop.access.rules import check",
            "ee/shop/access/rules.py": "from shop.access.rules import check",
        },
        {"shop", "shop.orders", "shop.access.rules", "ee", "ee.shop", "ee.shop.access.rules"},
        id="a mirror of another package",
    ),
    pytest.param(
        {
            "tools/report/run.py": "from figures import total\nimport layout",
            "tools/report/figures.py": "",
            "tools/report/layout.py": "",
        },
        {"run", "figures", "layout"},
        id="scripts that import what is beside them",
    ),
    pytest.param(
        {
            "libs/common/text.py": "",
            "libs/common/paths.py": "from common import text",
            "web/start.py": "from common import (\n    text,\n)",
        },
        {"common.text", "common.paths", "web.start"},
        id="modules imported from a folder without a file of its own",
    ),
    pytest.param(
        {
            "backend/shop/__init__.py": "",
            "backend/shop/x.py": "from shop import y\nfrom tools.z import f",
            "backend/shop/y.py": "",
            "libs/tools/__init__.py": "",
            "libs/tools/z.py": "def f(): pass",
        },
        {"shop", "shop.x", "shop.y", "tools", "tools.z"},
        id="several roots",
    ),
    pytest.param(
        {
            "services/api/manage.py": "import shop.models",
            "services/api/shop/__init__.py": "",
            "services/api/shop/models.py": "from shop import other",
            "services/api/shop/other.py": "",
            "frontend/package.json": "{}",
        },
        {"manage", "shop", "shop.models", "shop.other"},
        id="nested application of a monorepo",
    ),
    pytest.param(
        {
            "site/__init__.py": "",
            "site/manage.py": "from core.settings import NAME",
            "site/core/__init__.py": "",
            "site/core/settings.py": "NAME = 1",
            "site/shop/__init__.py": "",
            "site/shop/models.py": "from core.settings import NAME\nfrom site.shop import views",
            "site/shop/views.py": "from shop import models",
        },
        {"site", "manage", "core", "core.settings", "shop", "shop.models", "shop.views"},
        id="a package that is started from inside",
    ),
    pytest.param(
        {
            "shop/__init__.py": "",
            "shop/views.py": "from httpx import Client\nfrom httpx.auth import Basic",
            "shop/rows.py": "import httpx\nfrom shop.server.app import start",
            "shop/server/__init__.py": "",
            "shop/server/app.py": "from httpx import Client",
            "shop/server/httpx/__init__.py": "",
            "shop/server/httpx/pool.py": "from shop.server import app",
        },
        {
            "shop",
            "shop.views",
            "shop.rows",
            "shop.server",
            "shop.server.app",
            "shop.server.httpx",
            "shop.server.httpx.pool",
        },
        id="a package called as a library is, beside a script",
    ),
    pytest.param(
        {
            "shop/app/__init__.py": "",
            "shop/app/main.py": "from shop.httpx.pool import Pool\nimport httpx",
            "shop/httpx/__init__.py": "import httpx",
            "shop/httpx/pool.py": "import httpx\nfrom shop.app.main import start",
            "shop/httpx/rows.py": "import httpx",
        },
        {"shop.app", "shop.app.main", "shop.httpx", "shop.httpx.pool", "shop.httpx.rows"},
        id="a part of a package without __init__.py, called as a library is",
    ),
    pytest.param(
        {
            "core/__init__.py": "",
            "core/names.py": "",
            "shop/__init__.py": "",
            "shop/views.py": "from core.names import NAME",
            "shop/pipes/core/__init__.py": "",
            "shop/pipes/core/models.py": "from core import names",
        },
        {"core", "core.names", "shop", "shop.views", "shop.pipes.core", "shop.pipes.core.models"},
        id="a package that has the name of another one outside",
    ),
    pytest.param(
        {
            "web/__init__.py": "",
            "web/app.py": "from web.shop import views",
            "web/shop/__init__.py": "",
            "web/shop/views.py": "from web.shop import models",
            "web/shop/models.py": "",
        },
        {"web", "web.app", "web.shop", "web.shop.views", "web.shop.models"},
        id="a package that is imported by its name",
    ),
    pytest.param(
        {
            "back/shop/__init__.py": "",
            "back/shop/x.py": "from shop.management.commands import go\nfrom shop.parts.scripts import s",
            "back/shop/management/commands/__init__.py": "",
            "back/shop/management/commands/go.py": "",
            "back/shop/parts/scripts/s.py": "",
        },
        {"shop", "shop.x", "shop.management.commands", "shop.management.commands.go", "shop.parts.scripts.s"},
        id="a folder of a package whose own file was forgotten",
    ),
    pytest.param(
        {
            "back/shop/__init__.py": "",
            "back/shop/management/commands/__init__.py": "",
            "back/shop/management/commands/go.py": "",
            "back/shop/parts/scripts/s.py": "",
        },
        {"shop", "shop.management.commands", "shop.management.commands.go", "shop.parts.scripts.s"},
        id="such a folder that nothing imports",
    ),
    pytest.param(
        {
            "back/__init__.py": "",
            "back/setup.py": "",
            "back/shop/__init__.py": "",
            "back/shop/views.py": "from shop.models import Order",
            "back/shop/models.py": "class Order: pass",
        },
        {"back", "setup", "shop", "shop.views", "shop.models"},
        id="a folder around a package that somebody gave an __init__.py",
    ),
    pytest.param(
        {
            "back/__init__.py": "",
            "back/shop/__init__.py": "",
            "back/shop/views.py": "from shop.models import Order\nfrom shop.mail.out import send",
            "back/shop/models.py": "class Order: pass",
            "back/shop/mail/out.py": "def send(): pass",
            "back/shop/mail/inbox.py": "from shop.mail.out import send",
        },
        {"back", "shop", "shop.views", "shop.models", "shop.mail.out", "shop.mail.inbox"},
        id="such a folder around a package whose own folders have none",
    ),
    pytest.param(
        {
            "shop/__init__.py": "",
            "shop/views.py": "from redis import Redis\nfrom httpx.auth import Basic\nfrom .redis import rows",
            "shop/redis/__init__.py": "",
            "shop/redis/rows.py": "",
            "shop/httpx/__init__.py": "",
            "shop/httpx/pool.py": "",
        },
        {"shop", "shop.views", "shop.redis", "shop.redis.rows", "shop.httpx", "shop.httpx.pool"},
        id="packages called as libraries are, imported relatively",
    ),
    pytest.param({"a/b/c/x.py": "def f(): pass"}, {"a.b.c.x"}, id="no package and no import that tells"),
]


@pytest.mark.parametrize(("files", "expected"), LAYOUTS)
def test_module_names(draw: Draw, files: dict[str, str], expected: set[str]) -> None:
    assert set(draw(files).modules().values()) == expected


@pytest.mark.parametrize(
    ("folder", "importing", "expected"),
    [
        ("my-shop", "from shop.models import f", {"my-shop", "shop", "shop.models", "shop.views"}),
        ("my-shop", "from .models import f", {"my-shop", "my-shop.shop", "my-shop.shop.models", "my-shop.shop.views"}),
        ("my_shop", "from shop.models import f", {"my_shop", "shop", "shop.models", "shop.views"}),
        ("my_shop", "from my_shop.shop.models import f", {"my_shop", "my_shop.shop", "my_shop.shop.models", "my_shop.shop.views"}),
    ],
)  # fmt: skip
def test_a_package_around_all_that_no_import_names(
    tmp_path: Path, folder: str, importing: str, expected: set[str]
) -> None:
    base = tmp_path / folder
    (base / "shop").mkdir(parents=True)
    for path, text in {
        "__init__.py": "",
        "shop/__init__.py": "",
        "shop/models.py": "def f(): pass",
        "shop/views.py": importing,
    }.items():
        (base / path).write_text(text, encoding="utf-8")
    assert {
        definition.id.partition(":")[0] for definition in api.analyze(base, cache_folder=None).system.definitions
    } == expected


def test_roots_are_named_with_their_packages(draw: Draw) -> None:
    app = draw({"src/app/__init__.py": "", "src/other/__init__.py": "", "run.py": "import app"})
    assert {(r.path, r.packages, r.files) for r in app.tree.roots} == {("src", ("app", "other"), 2), (".", ("run",), 1)}


def test_folders_of_tests_are_no_roots(draw: Draw) -> None:
    app = draw(
        {"app/__init__.py": "", "tests/__init__.py": "", "tests/test_app.py": "import app", "web/tests/x.py": ""}
    )
    assert {(r.path, r.packages, r.files) for r in app.tree.roots} == {(".", ("app",), 1)}


def test_scripts_for_developers_are_set_apart(draw: Draw) -> None:
    files = {
        "shop/__init__.py": "",
        "shop/tools/orders.py": "def f(): pass",
        "tools/release.py": "def release(): pass",
        "docs/example.py": "import shop",
        "scripts/nightly.py": "import shop",
        "examples/__init__.py": "",
    }
    assert {file.path for file in draw(files).tree.files if file.role == "tooling"} == {
        "tools/release.py",
        "docs/example.py",
    }
    used = {**files, "shop/use.py": "from tools import release"}
    assert "tools/release.py" not in {f.path for f in draw(used).tree.files if f.role == "tooling"}
    assert {file.role for file in draw({"tools/a.py": "def f(): pass"}).tree.files} == {"application"}


def test_given_roots_win(draw: Draw) -> None:
    files = {"a/b/x.py": "", "a/y.py": ""}
    assert set(draw(files, roots=("a/b",)).modules().values()) == {"x", "a.y"}
    assert set(draw(files, roots=("a",)).modules().values()) == {"b.x", "y"}


@pytest.mark.parametrize("root", ["missing", "..", "/"])
def test_a_root_that_is_not_there(draw: Draw, root: str) -> None:
    with pytest.raises(InputError, match="--root"):
        draw({"x.py": ""}, roots=(root,))


def test_two_packages_of_one_name_are_told_apart(draw: Draw) -> None:
    app = draw(
        {
            "one/shop/__init__.py": "",
            "one/shop/x.py": "from shop import y",
            "one/shop/y.py": "",
            "two/shop/__init__.py": "",
            "two/shop/x.py": "",
        }
    )
    modules = app.modules()
    assert len(set(modules.values())) == len(modules) == 5
    assert modules["one/shop/x.py"] == "shop.x"
    assert [(root.path, root.packages) for root in app.tree.roots] == [("one", ("shop",)), ("two", ("shop",))]


def test_the_analysed_folder_may_be_a_package_itself(draw: Draw, tmp_path: Path) -> None:
    draw({"outer/__init__.py": "", "outer/inner/__init__.py": "", "outer/inner/x.py": "from outer.inner import y"})
    tree = discover(tmp_path / "drawn1" / "outer" / "inner")
    assert {file.module for file in tree.files} == {"outer.inner", "outer.inner.x"}
    assert [root.path for root in tree.roots] == ["../.."]


JUNK = [
    ".venv/lib/x.py",
    "node_modules/x/x.py",
    "build/lib/x.py",
    "dist/x.py",
    "app.egg-info/x.py",
    "__pycache__/x.py",
    ".git/x.py",
    ".tox/py/x.py",
    "deep/site-packages/x.py",
]


@pytest.mark.parametrize("path", JUNK)
def test_junk_is_left_out(draw: Draw, path: str) -> None:
    assert set(draw({"m.py": "", path: ""}).modules()) == {"m.py"}


def test_what_a_hidden_folder_holds_is_counted_and_no_root(draw: Draw) -> None:
    app = draw({"shop/__init__.py": "", "shop/m.py": "import logging", ".rules/safe/logging.py": "", ".rules/x.py": ""})
    assert set(app.modules()) == {"shop/__init__.py", "shop/m.py"}
    assert [root.path for root in app.tree.roots] == ["."]
    assert [(left.path, left.kind) for left in app.tree.unread] == [(".rules", "hidden folder")]
    assert "2 Python files" in app.tree.unread[0].reason


def test_a_file_that_is_named_like_the_language_s_own_module_makes_no_root(draw: Draw) -> None:
    app = draw({"shop/__init__.py": "", "shop/m.py": "import json", "shop/tools/json.py": "", "shop/tools/xml.py": ""})
    assert app.modules()["shop/tools/json.py"] == "shop.tools.json"


def test_a_virtual_environment_is_known_by_its_mark(draw: Draw) -> None:
    app = draw({"m.py": "", "odd_name/pyvenv.cfg": "", "odd_name/lib/x.py": ""})
    assert set(app.modules()) == {"m.py"}


def test_a_package_called_build_is_code(draw: Draw) -> None:
    app = draw({"app/__init__.py": "", "app/build/__init__.py": "", "app/build/x.py": ""})
    assert "app/build/x.py" in app.modules()


IGNORES = [
    pytest.param({".gitignore": "ignored.py\n"}, {"ignored.py"}, id="name"),
    pytest.param({".gitignore": "gen/\n"}, {"gen/x.py"}, id="folder"),
    pytest.param({".gitignore": "/top.py\n"}, {"top.py"}, id="anchored"),
    pytest.param(
        {".gitignore": "*.py\n!m.py\n!keep.py\n"}, {"ignored.py", "top.py", "gen/x.py", "sub/top.py"}, id="negation"
    ),
    pytest.param({"sub/.gitignore": "/top.py\nkeep.py\n"}, {"sub/top.py", "sub/keep.py"}, id="nested"),
    pytest.param(
        {".gitignore": "sub/*.py\n", "sub/.gitignore": "!keep.py\n"},
        {"sub/top.py"},
        id="nested negation",
    ),
    pytest.param({".gitignore": b"\xff\xfe# odd\n[\nignored.py\n"}, {"ignored.py"}, id="bytes that are no text"),
    pytest.param(
        {".gitignore": "top.py\n!\nodd\\\nignored.py\n"},
        {"top.py", "sub/top.py", "ignored.py"},
        id="lines that are none",
    ),
]


@pytest.mark.parametrize(("ignores", "left_out"), IGNORES)
def test_gitignore(draw: Draw, ignores: dict[str, str | bytes], left_out: set[str]) -> None:
    files: dict[str, str | bytes] = dict.fromkeys(
        ["m.py", "ignored.py", "keep.py", "top.py", "gen/x.py", "sub/top.py", "sub/keep.py"], ""
    )
    assert set(draw({**files, **ignores}).modules()) == set(files) - left_out


def test_excludes(draw: Draw) -> None:
    files = {"m.py": "", "legacy/x.py": "", "app/__init__.py": "", "app/old_x.py": ""}
    assert set(draw(files, exclude=("legacy/", "old_*.py")).modules()) == {"m.py", "app/__init__.py"}


def test_excludes_that_fit_nothing(draw: Draw) -> None:
    names = ("m.py", "legacy/x.py", "app/old_x.py", "notes.md", "node_modules/x.py")
    files = {**dict.fromkeys(names, ""), ".gitignore": "app/"}
    fitting = ("legacy/", "m.p?", "!m.py", "*.md", "node_modules", "/app")
    misspelt = ("legcy/", "m.py/", "/x.py", "/old_x.py")
    assert draw(files, exclude=fitting).tree.unfitted_excludes == ()
    assert draw(files, exclude=("legacy/**",)).tree.unfitted_excludes == ()
    assert draw(files, exclude=(misspelt[0], "legacy", *misspelt)).tree.unfitted_excludes == misspelt
    # What another pattern leaves out with its folder is not looked for.
    assert draw(files, exclude=("legacy/", "legacy/x.py")).tree.unfitted_excludes == ("legacy/x.py",)


ROLES = [
    ("tests/test_x.py", "", "test"),
    ("tests/factories.py", "", "test"),
    ("app/testutils/data.py", "", "test"),
    ("app/test_helpers/factories.py", "", "test"),
    ("app/testlib.py", "import os\nfrom flask_testing import TestCase", "test"),
    ("app/testcases.py", "class TestCase: pass", "application"),
    ("app/conftest.py", "", "test"),
    ("app/test_x.py", "import pytest", "test"),
    ("app/tests.py", "from django.test import TestCase", "test"),
    ("app/tests_views.py", "from django.test import TestCase", "test"),
    ("app/tests_of_patience.py", "def wait(): pass", "application"),
    ("app/test_drive.py", "def drive(): pass", "application"),
    ("app/testing.py", "import pytest", "application"),
    ("app/migrations/0001_initial.py", "class Migration(object): pass", "migration"),
    ("app/migrations/helpers.py", "def f(): pass", "application"),
    ("app/migrations/__init__.py", "", "migration"),
    ("app/services/migrations/__init__.py", "from .spreadsheets import *", "application"),
    ("alembic/versions/abc_x.py", "down_revision = None", "migration"),
    ("app/old/abc_x.py", "from alembic import op\nrevision: str = 'a'\ndown_revision = None", "migration"),
    ("app/old/heads.py", "from alembic import script\ndef down_revision(revision): return revision", "application"),
    ("app/versions/one.py", "def f(): pass", "application"),
    ("app/x_pb2.py", "from google.protobuf import x", "generated"),
    ("app/api.py", "# Code generated by hand-tool. DO NOT EDIT.\nx = 1", "generated"),
    (
        "app/models.py",
        "# This is an auto-generated Django model module.\n# Feel free to rename the models.\nx = 1",
        "application",
    ),
    ("app/__init__.py", "# This file is auto-generated by list_exports.py\nfrom .api import x", "application"),
    ("app/doc.py", "x = 'DO NOT EDIT'", "application"),
    ("app/made.py", '\ufeff"""All of it.\n\nMore.\n"""\n\n# @generated\nx = 1', "generated"),
    ("app/codes.py", 'class Codes:\n    """Codes (auto-generated)."""\n', "application"),
    ("app/notes.py", "import os\n# automatically generated names end here\n", "application"),
    ("setup.py", "", "tooling"),
    ("shop/plugins/mail/setup.py", "from setuptools import setup\nsetup()", "tooling"),
    ("shop/setup.py", "def setup(): pass", "application"),
    ("docs/conf.py", "", "tooling"),
    ("app/conf.py", "", "application"),
    ("conf.py", "def __getattr__(name): ...", "application"),
    ("conf.py", "project = 'Shop'\nextensions = []", "tooling"),
    ("source/conf.py", "extensions: list[str] = []", "tooling"),
]


@pytest.mark.parametrize(("path", "content", "role"), ROLES)
def test_roles(draw: Draw, path: str, content: str, role: str) -> None:
    app = draw({path: content})
    assert [file.role for file in app.tree.files] == [role]
    assert app.tree.excluded() == ({} if role == "application" else {role: 1})


def test_a_large_file_of_long_lines_is_generated(draw: Draw) -> None:
    data = "DATA = [" + "1, " * 100_000 + "]\n"
    app = draw({"m.py": "def f(): pass", "data.py": data})
    assert app.modules("generated") == {"data.py": "data"}


def test_only_applications_take_part(draw: Draw) -> None:
    app = draw(
        {
            "m.py": "def f(): pass",
            "tests/test_m.py": "from m import f\ndef test_f(): f()",
            "app/migrations/0001_x.py": "class Migration: pass",
            "setup.py": "import m\nm.f()",
        }
    )
    assert {d.file for d in app.system.definitions} == {"m.py"}
    assert app.system.excluded_files == {"migration": 1, "test": 1, "tooling": 1}


def test_a_symlink_loop(draw: Draw, tmp_path: Path) -> None:
    draw({"app/__init__.py": "", "app/x.py": ""})
    base = tmp_path / "drawn1"
    (base / "app" / "loop").symlink_to("..", target_is_directory=True)
    tree = discover(base)
    assert [file.path for file in tree.files] == ["app/__init__.py", "app/x.py"]
    assert [(unread.path, unread.kind) for unread in tree.unread] == [("app/loop", "symlink loop")]


def test_a_folder_is_read_where_it_is_not_where_a_link_to_it_stands(draw: Draw, tmp_path: Path) -> None:
    draw({"stock/__init__.py": "", "stock/models.py": "", "addons/__init__.py": ""})
    base = tmp_path / "drawn1"
    (base / "addons" / "stock").symlink_to("../stock", target_is_directory=True)
    (base / "addons" / "inner").symlink_to("../stock", target_is_directory=True)
    tree = discover(base)
    assert [file.path for file in tree.files] == ["addons/__init__.py", "stock/__init__.py", "stock/models.py"]
    assert tree.unread == ()


def test_a_symlink_out_of_the_folder(draw: Draw, tmp_path: Path) -> None:
    draw({"x.py": ""})
    (tmp_path / "outside.py").write_text("")
    base = tmp_path / "drawn1"
    (base / "link.py").symlink_to(tmp_path / "outside.py")
    (base / "broken.py").symlink_to("nowhere.py")
    tree = discover(base)
    assert [file.path for file in tree.files] == ["x.py"]
    assert {(unread.path, unread.kind) for unread in tree.unread} == {("link.py", "symlink"), ("broken.py", "symlink")}


def test_what_is_no_regular_file(draw: Draw, tmp_path: Path) -> None:
    draw({"x.py": ""})
    os.mkfifo(tmp_path / "drawn1" / "pipe.py")
    tree = discover(tmp_path / "drawn1")
    assert [(unread.path, unread.kind) for unread in tree.unread] == [("pipe.py", "unreadable file")]


def test_folders_as_deep_as_a_path_may_be_long(tmp_path: Path) -> None:
    deep = tmp_path.joinpath(*["d"] * 600)
    deep.mkdir(parents=True)
    (deep / "x.py").write_text("")
    hidden = tmp_path.joinpath(".rules", *["d"] * 600)
    hidden.mkdir(parents=True)
    (hidden / "y.py").write_text("")
    tree = discover(tmp_path)
    assert [file.path for file in tree.files] == [f"{'d/' * 600}x.py"]
    assert [(left.path, left.kind) for left in tree.unread] == [(".rules", "hidden folder")]


def test_folders_deeper_than_a_path_may_be_long(draw: Draw, tmp_path: Path) -> None:
    draw({"x.py": ""})
    here = os.open(tmp_path / "drawn1", os.O_RDONLY)
    for _ in range(20):
        os.mkdir("d" * 250, dir_fd=here)
        inner = os.open("d" * 250, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = inner
    os.close(here)
    assert [(left.kind, left.reason) for left in discover(tmp_path / "drawn1").unread] == [
        ("unreadable folder", "File name too long")
    ]


def test_a_file_too_large_to_be_code(draw: Draw) -> None:
    app = draw({"m.py": "def f(): pass", "huge.py": b"x = 1\n" * 900_000})
    assert set(app.modules()) == {"m.py"}
    assert [(spot.file, spot.kind) for spot in app.system.blind_spots] == [("huge.py", "too large")]


@pytest.mark.parametrize(("pattern", "left_out"), [("*", "app/"), ("*.py", r"app/x\.py"), ("app/", "app/")])
def test_everything_excluded(tmp_path: Path, pattern: str, left_out: str) -> None:
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "x.py").write_text("def f(): pass")
    with pytest.raises(
        InputError, match=rf"every Python file here is excluded \(left out: {left_out}\)\. Exclude less"
    ):
        discover(tmp_path, exclude=(pattern,))


def test_nothing_to_read(tmp_path: Path) -> None:
    (tmp_path / "x.js").write_text("")
    with pytest.raises(InputError, match=r"no Python file found here \(seen: 1 \.js file\)"):
        discover(tmp_path)
    with pytest.raises(InputError, match="there is no such folder"):
        discover(tmp_path / "missing")
    with pytest.raises(InputError, match="this is a file"):
        discover(tmp_path / "x.js")
    os.mkfifo(tmp_path / "pipe.py")
    with pytest.raises(InputError, match=r"Could not be read: pipe\.py \(is not a regular file\)\. Is it the right"):
        discover(tmp_path)


@pytest.mark.parametrize(
    ("content", "lines"), [("", 0), ("x", 1), ("x\n", 1), ("x\ny", 2), ("x\r\ny\r\n", 2), ("\n\n", 2)]
)
def test_lines_and_size(draw: Draw, content: str, lines: int) -> None:
    (file,) = draw({"m.py": content.encode()}).tree.files
    assert (file.lines, file.size) == (lines, len(content))


def test_the_name_of_the_application(draw: Draw) -> None:
    assert draw({"m.py": ""}).tree.name == "drawn1"
    assert draw({"m.py": "", "pyproject.toml": '[project]\nname = "my shop"'}).tree.name == "my-shop"
    assert draw({"m.py": "", "pyproject.toml": "not = [toml"}).tree.name == "drawn3"


def test_sql_files_of_tests_define_no_tables(draw: Draw) -> None:
    files = {f"{folder}/schema.sql": "CREATE TABLE a (id int)" for folder in ("db", "app/testdata", "tests/sql")}
    assert draw({"app/a.py": "", **files}).tree.sql_files == ("db/schema.sql",)


@pytest.mark.parametrize(
    ("files", "folder", "modules"),
    [
        pytest.param(
            {
                "shop/api/__init__.py": "",
                "shop/api/views.py": "from shop.db import query\nimport shop.api",
                "shop/db.py": "",
            },
            "shop",
            {"shop.api", "shop.api.views", "shop.db"},
            id="its name is in its imports",
        ),
        pytest.param(
            {"acme/shop/api.py": "from acme.shop.db import query", "acme/shop/db.py": "import acme.shop.api"},
            "acme/shop",
            {"acme.shop.api", "acme.shop.db"},
            id="inside of another",
        ),
        pytest.param(
            {"shop/api/__init__.py": "", "shop/api/views.py": "from db import query\nimport api", "shop/db.py": ""},
            "shop",
            {"api", "api.views", "db"},
            id="imports without its name",
        ),
        pytest.param(
            {"shop/shop/__init__.py": "", "shop/shop/db.py": "", "shop/run.py": "import shop.db", "shop/db.py": ""},
            "shop",
            {"shop", "shop.db", "run", "db"},
            id="a package of the same name in it",
        ),
    ],
)
def test_a_package_without_init_that_is_analysed_itself_is_named_as_its_imports_say(
    draw: Draw, tmp_path: Path, files: dict[str, str], folder: str, modules: set[str]
) -> None:
    draw(files)
    tree = discover(tmp_path / "drawn1" / folder)
    assert {source.module for source in tree.files} == modules
