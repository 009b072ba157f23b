"""The Python door: what the commands take as text, it takes as text."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import get_type_hints

import pytest

from decompose import api
from decompose.errors import ConfigurationError, InputError, OutputError, UnknownNameError
from tests.applications import TINY, analysed_shop, write_tree


def test_every_path_may_be_given_as_text(tmp_path: Path) -> None:
    base = write_tree(tmp_path / "app", {**TINY, "left/out.py": "def left():\n    return 1\n"})
    write_tree(tmp_path, {"schema.sql": "create table plans (id int);"})
    analysis = api.analyze(
        str(base),
        str(tmp_path / "run"),
        exclude="left/*",
        roots=".",
        cache_folder=str(tmp_path / "cache"),
        schema=str(tmp_path / "schema.sql"),
        jobs=1,
    )
    assert any((tmp_path / "cache").iterdir())
    assert {definition.file for definition in analysis.system.definitions} == {"app.py"}
    assert "plans" in {table.name for table in analysis.system.tables}
    assert api.load(str(tmp_path / "run")).splits == analysis.splits

    shop = api.load(str(analysed_shop().run))
    mine = str(tmp_path / "mine.csv")
    units = [unit.id for unit in shop.system.units]
    Path(mine).write_text("id,service\n" + "".join(f"{unit},{'ab'[i % 2]}\n" for i, unit in enumerate(units)))
    assert api.with_partition(shop, mine).splits[-1].name == "mine"
    assert "step" in api.plan(shop, partition=mine).lower()
    assert api.contracts(shop, partition=mine)
    api.write_files(api.ddl(shop, partition=mine), str(tmp_path / "ddl"))
    assert any((tmp_path / "ddl").iterdir())


def test_no_path_is_taken_as_a_path_only() -> None:
    for name in api.__all__:
        use_case = getattr(api, name)
        for parameter, hint in get_type_hints(use_case).items() if inspect.isfunction(use_case) else ():
            assert "Path" not in str(hint) or "str" in str(hint), f"{name}({parameter}: {hint})"


def test_a_report_is_rendered_as_the_command_does(tmp_path: Path) -> None:
    shop = analysed_shop()
    assert api.render(shop.analysis)["report.html"] == (shop.run / "report.html").read_bytes()
    with pytest.raises(UnknownNameError):
        api.render(shop.analysis, "nobody")


def test_what_cannot_be_done_is_told(tmp_path: Path) -> None:
    base = write_tree(tmp_path / "app", TINY)
    with pytest.raises(InputError):
        api.analyze(str(tmp_path / "nowhere"))
    with pytest.raises(ConfigurationError):
        api.analyze(str(base), jobs=0)
    with pytest.raises(InputError):
        api.with_partition(analysed_shop().analysis, str(tmp_path / "nowhere.csv"))
    with pytest.raises(OutputError):
        api.write_files({"a": "b"}, str(base))
