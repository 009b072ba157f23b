"""The commands as a user runs them: what goes where, and what it says."""

from __future__ import annotations

import csv
import html
import io
import json
import os
import pty
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import msgspec
import pytest

from decompose import api
from decompose.api import Join
from decompose.boundaries.folders import Folders
from decompose.boundaries.graph import EvidenceGraph
from decompose.boundaries.toss_ups import TossUp
from decompose.cli.evidence import by_line, described
from decompose.cli.summary import summary
from decompose.runs.document import encode
from decompose.runs.outcome import Outcome, ServiceLine
from decompose.version import __version__
from tests.applications import TINY, Result, analysed_shop, run_cli, shop_with_a_web, write_tree

COMMANDS = ("analyze", "check", "compare", "explain", "export", "report", "schema")


def run(*arguments: str | Path, env: dict[str, str] | None = None) -> Result:
    """Run a command that must succeed, next to the shop."""
    result = run_cli(*arguments, cwd=analysed_shop().base.parent, env=env)
    assert result.returncode == 0, result.stderr
    return result


def refused(*arguments: str | Path) -> str:
    """Run a command that must be refused; what it says."""
    result = run_cli(*arguments, cwd=analysed_shop().base.parent)
    assert (result.returncode, result.stdout) == (2, "")
    assert "Traceback" not in result.stderr
    return result.stderr


def by_hand(tmp_path: Path, text: str, name: str = "ours.csv") -> Path:
    """Write a partition."""
    (tmp_path / name).write_text(text)
    return tmp_path / name


def test_the_version() -> None:
    assert run("--version").stdout == f"decompose {__version__}\n"


def test_the_help_lists_every_command() -> None:
    text = run("--help").stdout
    assert all(f"\n  {command} " in text for command in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_the_help_of_every_command_has_an_example(command: str) -> None:
    text = run(command, "--help").stdout
    assert f"decompose {command}" in text.partition("Example")[2]


@pytest.mark.parametrize(
    "arguments", [("nonsense",), ("analyze",), ("analyze", ""), ("analyze", "--jobs", "0", "."), ("export", "x", "y")]
)
def test_wrong_use_is_told(arguments: tuple[str, ...]) -> None:
    assert "Usage" in refused(*arguments)


# analyze


def test_results_are_on_stdout_and_progress_on_stderr(tmp_path: Path) -> None:
    result = run("analyze", analysed_shop().base, "-o", tmp_path / "run", "--no-cache")
    assert f"Report: {tmp_path / 'run' / 'report.html'}" in result.stdout
    assert f"Found {len(analysed_shop().analysis.system.units)} units, 6 tables" in result.stdout
    assert analysed_shop().analysis.recommendation.sentence in result.stdout
    assert "Reading files" not in result.stdout
    assert result.stderr.splitlines()[:2] == ["Finding files", "Reading files (13 of 13 new or changed)"]
    assert "\x1b" not in result.stdout + result.stderr


def test_quiet_means_nothing_on_stderr(tmp_path: Path) -> None:
    assert run("analyze", analysed_shop().base, "-o", tmp_path / "run", "--no-cache", "-q").stderr == ""


@pytest.mark.parametrize(
    "variables", [{"CI": "1"}, {"TERM": "dumb"}, {"NO_COLOR": "1"}, {}], ids=["CI", "dumb", "NO_COLOR", "plain"]
)
def test_a_terminal_that_can_draw_gets_a_bar_but_not_on_ci(tmp_path: Path, variables: dict[str, str]) -> None:
    reader, writer = pty.openpty()
    environment = {k: v for k, v in os.environ.items() if k not in ("CI", "NO_COLOR")} | {"TERM": "xterm"} | variables
    program = Path(sys.executable).with_name("decompose")
    arguments: list[str | Path] = [program, "analyze", analysed_shop().base, "-o", tmp_path / "run", "--no-cache"]
    process = subprocess.Popen(arguments, env=environment, stdout=subprocess.DEVNULL, stderr=writer)
    os.close(writer)
    seen = b""
    # It is read while the program writes: a terminal takes only so much that nobody reads.
    try:
        while part := os.read(reader, 65_536):
            seen += part
    except OSError:
        pass  # how a pseudo-terminal says that it is at its end
    os.close(reader)
    assert process.wait() == 0
    assert b"Finding files" in seen
    assert (b"\x1b[" in seen) == ("CI" not in variables and "TERM" not in variables)
    assert (b"\x1b[3" in seen or b"\x1b[1;3" in seen) == (not variables)


def test_the_run_goes_to_reports_by_default(tmp_path: Path) -> None:
    base = write_tree(tmp_path / "shop", shop_with_a_web())
    result = run_cli("analyze", base, "--services", "3", cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    assert (tmp_path / "reports" / "shop" / "report.html").is_file()


def test_one_of_something_is_not_many(tmp_path: Path) -> None:
    base = write_tree(tmp_path / "app", TINY)
    result = run_cli("analyze", base, "-o", tmp_path / "run", cwd=tmp_path)
    assert "Read 1 file, 7 lines" in result.stdout
    assert " 1 files" not in result.stdout
    assert "1 units" not in result.stdout
    assert "1 entry points" not in result.stdout


def test_a_cache_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    base, file = write_tree(tmp_path / "app", TINY), tmp_path / "file"
    file.touch()
    asked = ("analyze", base, "-o", tmp_path / "out")
    told = (
        f"Nothing is kept for the next run: {file / 'cache'}: cannot be written ({file} is no folder). Choose another"
    )
    assert told in run(*asked, "--cache-dir", file / "cache").stderr
    assert "Nothing is kept" not in run(*asked, "--cache-dir", tmp_path / "new" / "cache").stderr
    assert "Nothing is kept" not in run(*asked, "--no-cache").stderr


def test_a_pattern_that_leaves_nothing_out_is_told(tmp_path: Path) -> None:
    base = write_tree(tmp_path / "app", {**TINY, "legacy/x.py": "", "decompose.toml": 'exclude = ["old/"]\n'})
    asked = ("analyze", base, "-o", tmp_path / "out", "--exclude", "legacy/", "--exclude", "legcy/**")
    for _ in range(2):  # the second time it is remembered
        assert "Nothing to exclude is named 'old/', 'legcy/**':" in run(*asked).stdout
    assert json.loads(run(*asked, "--format", "json").stdout)["unfitted_excludes"] == ["old/", "legcy/**"]
    (base / "old").mkdir()
    assert "Nothing to exclude is named 'legcy/**':" in run(*asked).stdout
    (base / "legcy").mkdir()
    (base / "legcy" / "y.py").touch()
    assert "Nothing to exclude" not in run(*asked).stdout


def test_the_summary_is_data_as_well(tmp_path: Path) -> None:
    shop = analysed_shop()
    found = json.loads(run("analyze", shop.base, "-o", tmp_path / "run", "--no-cache", "-q", "--format", "json").stdout)
    assert (found["units"], found["tables"]) == (len(shop.analysis.system.units), len(shop.analysis.system.tables))
    assert found["verdict"] == shop.analysis.recommendation.sentence
    assert Path(found["report"]).is_file()
    again = json.loads(run("report", tmp_path / "run", "--format", "json").stdout)
    assert again == found


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shells_can_complete(shell: str, tmp_path: Path) -> None:
    result = run_cli(cwd=tmp_path, env={"_DECOMPOSE_COMPLETE": f"{shell}_source"})
    assert result.returncode == 0
    assert "decompose" in result.stdout


def test_completion_knows_commands_options_and_exports(tmp_path: Path) -> None:
    def completed(*words: str) -> set[str]:
        line = " ".join(["decompose", *words])
        environment = {"_DECOMPOSE_COMPLETE": "bash_complete", "COMP_WORDS": line, "COMP_CWORD": str(len(words))}
        lines = run_cli(cwd=tmp_path, env=environment).stdout.splitlines()
        return {found.partition(",")[2] for found in lines}

    assert completed("co") == {"compare", "contracts"}
    assert "--start-from" in completed("analyze", "--st")
    assert completed("export", "run", "schema_") == {"schema_differences"}
    assert completed("compare", "run", "--format", "h") == {"html"}


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_can_answer_a_program(command: str) -> None:
    options = run(command, "--help").stdout
    assert re.search(r"--format \[[^\]]*json", options)


# compare


def test_a_difference_that_is_not_printed_is_none(tmp_path: Path) -> None:
    a, b = (split.name for split in analysed_shop().analysis.splits[:2])
    document = json.loads((analysed_shop().run / "analysis.json").read_text())
    for split in document["splits"]:
        for score in split["scores"]:
            if split["name"] in (a, b) and score["name"] == "modularity":
                score["value"] = 0.51234 if split["name"] == a else 0.51236
            if split["name"] in (a, b) and score["name"] == "coverage":
                score["value"] = 0.51234 if split["name"] == a else 0.52234
    (tmp_path / "analysis.json").write_text(json.dumps(document))
    text = run("compare", tmp_path, a, b).stdout
    assert re.search(r"^  modularity +0\.512 +0\.512 *$", text, re.MULTILINE)
    assert re.search(rf"^  coverage +0\.512 +0\.522  {b}$", text, re.MULTILINE)


def test_two_splits_are_compared() -> None:
    text = run("compare", analysed_shop().run, "whole-graph", "one-per-package").stdout
    assert text.startswith("whole-graph  against  one-per-package\n")
    assert "agreement (adjusted Rand index): units 0." in text
    assert "\n  modularity " in text


def test_below_all_candidates_stands_what_fewer_services_would_break() -> None:
    sample = Path(__file__).parents[2] / "reports" / "sample_monolith"
    listed = list(csv.DictReader(io.StringIO(run("export", sample, "ladder").stdout)))
    paying = [row for row in listed[1:] if row["pays"] == "true"]
    told = run("compare", sample).stdout.splitlines()[-1]
    assert f": {paying[-1]['services']} would break {paying[-1]['spanning_transactions']} of " in told


def test_beside_all_candidates_stand_the_trivial_splits() -> None:
    lines = run("compare", Path(__file__).parents[2] / "reports" / "sample_monolith").stdout.splitlines()
    trivial = [line.split()[0] for line in lines if line.endswith("  trivial")]
    assert "one-per-package" in trivial
    assert "all-in-one" not in trivial
    assert not {"consensus", "whole-graph"} & set(trivial)


def test_a_split_is_the_same_as_itself_in_another_run() -> None:
    shop = analysed_shop()
    (document,) = json.loads(run("compare", shop.run, shop.run, "--format", "json").stdout)
    assert (document["agreement_units"], document["agreement_tables"], document["moved"]) == (1.0, 1.0, [])


def test_a_comparison_as_json_has_the_scores() -> None:
    shop = analysed_shop()
    (document,) = json.loads(run("compare", shop.run, "whole-graph", "all-in-one", "--format", "json").stdout)
    scores = {row["name"]: row for row in document["scores"]}
    split = next(split for split in shop.analysis.splits if split.name == "whole-graph")
    assert len(scores) >= 20
    assert {name: row["first"] for name, row in scores.items()} == {
        score.name: score.value for score in split.scores if score.name in scores
    }
    assert scores["inter_call"]["better"] == "second"
    assert scores["modularity"]["better"] == "first"


def test_a_comparison_as_csv_says_what_moved_and_how_both_score() -> None:
    shop = analysed_shop()
    text = run("compare", shop.run, "whole-graph", "all-in-one", "--format", "csv").stdout
    rows = list(csv.DictReader(io.StringIO(text)))
    (document,) = json.loads(run("compare", shop.run, "whole-graph", "all-in-one", "--format", "json").stdout)
    moved = [row for row in rows if row["id"]]
    assert [(row["id"], row["first_service"], row["second_service"]) for row in moved] == [
        (move["id"], move["first"], move["second"]) for move in document["moved"]
    ]
    assert len(moved) > 20
    assert [
        (row["score"], float(row["first_value"]), float(row["second_value"]), row["better"])
        for row in rows
        if not row["id"]
    ] == [(score["name"], score["first"], score["second"], score["better"]) for score in document["scores"]]


def test_a_comparison_says_why_splits_differ(tmp_path: Path) -> None:
    """What is moved away from everything that it is tied to has no ties where it goes."""
    shop = analysed_shop()
    rows = [
        f"{unit.id},{'alone' if unit.id == 'shop.billing.service:bill' else 'rest'}"
        for unit in shop.analysis.system.units
    ]
    file = by_hand(tmp_path, "\n".join(["id,service", *rows]))
    (document,) = json.loads(run("compare", shop.run, "all-in-one", "--with", file, "--format", "json").stdout)
    (move,) = document["moved"]
    explained = run("explain", shop.run, "shop.billing.service:bill", "--split", "all-in-one", "--format", "json")
    ties = json.loads(explained.stdout)["ties"]
    assert (move["id"], move["first_ties"], move["second_ties"]) == ("shop.billing.service:bill", ties[0][1], 0)
    assert ties[0][1] > 1
    text = run("compare", shop.run, "all-in-one", "--with", file).stdout
    assert f"shop.billing.service:bill: {move['first']} ({ties[0][1]} ties inside) -> alone (0)" in text


def test_a_comparison_begins_with_what_moved_together_and_with_tables() -> None:
    shop = analysed_shop()
    (document,) = json.loads(run("compare", shop.run, "whole-graph", "all-in-one", "--format", "json").stdout)
    moved = document["moved"]
    tables = [move["id"] for move in moved if move["id"].startswith("table:")]
    pairs = Counter((move["first"], move["second"]) for move in moved)
    assert tables
    assert moved[0]["id"] not in tables
    text = run("compare", shop.run, "whole-graph", "all-in-one").stdout
    listed = text.partition(" placed differently\n")[2].splitlines()
    together = re.fullmatch(r"    (\S+) -> (\S+)(?: \(.*\))?: (\d+) units?(?:, (\d+) tables?)?", listed[0])
    assert together is not None
    assert int(together[3]) + int(together[4] or 0) == pairs[together[1], together[2]] == max(pairs.values())
    single = listed[listed.index("  of them, tables and what has most ties first:") + 1 :]
    assert single[0].partition(": ")[0].strip() in tables
    page = run("compare", shop.run, "whole-graph", "all-in-one", "--format", "html").stdout
    (first, *_) = re.findall(r'<th scope="row">(.*?)</th>', page.partition("One by one")[2])
    assert re.sub("<.*?>", "", first) in tables


def test_a_service_with_a_comma_stays_in_its_cell(tmp_path: Path) -> None:
    file = by_hand(tmp_path, 'id,service\nshop.accounts.models:User,"a, b"\nshop.web:show_account,c\n')
    text = run("compare", analysed_shop().run, "--with", file, "--format", "csv").stdout
    assert all(len(row) == 11 for row in csv.reader(io.StringIO(text)))
    assert "a, b" in {row["second_service"] for row in csv.DictReader(io.StringIO(text))}


def test_a_comparison_as_html_is_escaped(tmp_path: Path) -> None:
    file = by_hand(tmp_path, "id,service\nshop.accounts.models:User,<script>\nshop.web:show_account,c\n")
    text = run("compare", analysed_shop().run, "--with", file, "--format", "html").stdout
    assert "&lt;script&gt;" in text
    assert "<script>" not in text


def test_a_comparison_as_html_draws_both_with_matched_services_alike(tmp_path: Path) -> None:
    shop = analysed_shop()
    same = by_hand(tmp_path, run("export", shop.run, "assignments").stdout, "same.csv")
    text = run("compare", shop.run, "--with", same, "--format", "html").stdout
    maps = re.findall(r'<svg class="map ring".*?</svg>', text, re.DOTALL)
    assert len(maps) == 2
    dots = [re.findall(r"<title>(\d+ · [^<]+)</title>(<circle[^>]+>)", drawn) for drawn in maps]
    assert sorted(dots[0]) == sorted(dots[1])
    assert len(dots[0]) == len(
        next(s for s in shop.analysis.splits if s.name == shop.analysis.recommendation.split).services
    )
    assert "script-src" not in text
    assert "default-src 'none'" in html.unescape(text)
    trivial = run("compare", shop.run, shop.analysis.recommendation.split, "all-in-one", "--format", "html").stdout
    rows = dict(re.findall(r'<th scope="row" class="wide">([^<]+)<br>.*?</th><td>\w+</td>(.*?)</tr>', trivial))
    assert rows["inter call"].rindex("best") > rows["inter call"].index("</td>")


def test_an_export_can_be_compared_with_its_run(tmp_path: Path) -> None:
    shop = analysed_shop()
    file = by_hand(tmp_path, run("export", shop.run, "assignments").stdout, f"{shop.analysis.recommendation.split}.csv")
    (document,) = json.loads(run("compare", shop.run, "--with", file, "--format", "json").stdout)
    taken = shop.analysis.recommendation.split
    assert (document["first"], document["second"]) == (taken, f"{taken}:{taken}")
    assert (document["agreement_units"], document["moved"]) == (1.0, [])


def test_what_a_partition_leaves_out_is_placed_and_counted(tmp_path: Path) -> None:
    rows = [
        f"shop.{domain}.models:{model},{domain}" for domain, model in (("accounts", "User"), ("billing", "Invoice"))
    ]
    text = run(
        "compare", analysed_shop().run, "--with", by_hand(tmp_path, "\n".join(["id,service", *rows])), "--all"
    ).stdout
    units = len(analysed_shop().analysis.system.units) - 2
    assert f"ours: by hand; {units} units and 4 tables that it leaves out are placed by their ties" in text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("", "id,service", id="empty"),
        pytest.param("id,service\n", "no rows", id="no rows"),
        pytest.param("unit;service\na;b\n", "found: unit, service", id="other columns"),
        pytest.param("id,service\nshop.web:nobody,a\n", "ours.csv:2: shop.web:nobody", id="unknown id"),
        pytest.param("id,service\nshop.web:show_account, \n", "ours.csv:2: the cell service is empty", id="blank service"),
        pytest.param("id,service\nshop.web:show_account\n", "ours.csv:2: the cell service is empty", id="short row"),
        pytest.param("id,service\n,a\n", "ours.csv:2: the cell id is empty", id="blank id"),
        pytest.param("id,service\nshop.web:,a\nshop.web:,b\n", "ours.csv:3: shop.web: goes to b", id="contradiction"),
        pytest.param("id,service\ntable:users,shared\n", "ours.csv:2: table:users", id="shared table"),
        pytest.param("id,service\nshop.web:,shared\n", "no service", id="only shared"),
        pytest.param("id,kind,service\nusers,thing,a\n", "ours.csv:2: kind is 'thing'", id="unknown kind"),
        pytest.param("split,id,service\na,shop.web:,x\nb,shop.web:,y\n", "holds 2 splits (a, b)", id="several splits"),
    ],
)  # fmt: skip
def test_a_wrong_partition_is_refused(tmp_path: Path, text: str, words: str) -> None:
    assert words in refused("compare", analysed_shop().run, "--with", by_hand(tmp_path, text))


def test_a_partition_that_is_not_utf_8_is_refused_by_its_line(tmp_path: Path) -> None:
    file = tmp_path / "ours.csv"
    file.write_bytes("id,service\nshop.web:,konto\nshop.web:show_account,bestätigt\n".encode("latin-1"))
    assert "ours.csv:3: is not UTF-8. Save" in refused("compare", analysed_shop().run, "--with", file)


@pytest.mark.parametrize("separator", [";", "\t"])
def test_a_partition_may_be_separated_as_spreadsheets_do(tmp_path: Path, separator: str) -> None:
    text = "\ufeffid,service\nshop.accounts.models:User,one\nshop.billing.models:Invoice,two\n".replace(",", separator)
    result = run("compare", analysed_shop().run, "--with", by_hand(tmp_path, text), "--format", "json")
    (document,) = json.loads(result.stdout)
    assert {match["second"] for match in document["matches"]} >= {"one", "two"}


def test_a_partition_may_name_a_module_without_code_of_its_own(tmp_path: Path) -> None:
    text = "id,service\nshop:,one\nshop.accounts.models:User,one\nshop.billing.models:Invoice,two\n"
    result = run("compare", analysed_shop().run, "--with", by_hand(tmp_path, text), "--format", "json")
    (document,) = json.loads(result.stdout)
    assert {match["second"] for match in document["matches"]} >= {"one", "two"}


def test_unknown_splits_are_refused() -> None:
    told = refused("compare", analysed_shop().run, "nonsense")
    assert "nonsense: this is no run directory and no split of " in told
    assert "It has: consensus" in told


def test_who_gives_an_application_for_a_run_is_not_told_to_write_into_it(tmp_path: Path) -> None:
    write_tree(tmp_path / "app", TINY)
    told = refused("plan", tmp_path / "app")
    assert "this is no run directory" in told
    assert f"-o {tmp_path / 'app'}" not in told
    assert f"-o {tmp_path / 'nowhere'}" in refused("plan", tmp_path / "nowhere")


def test_who_gives_the_file_of_a_run_is_told_to_give_its_folder() -> None:
    told = refused("plan", analysed_shop().run / "analysis.json")
    assert "this is a file. Give the folder of the run" in told


def test_two_names_of_one_thing_are_refused() -> None:
    told = refused("explain", analysed_shop().run, "shop.billing.service:bill", "bill")
    assert "shop.billing.service:bill and bill are both shop.billing.service:bill" in told


def screen(*arguments: str | Path, size: tuple[int, int] = (80, 40)) -> list[str]:
    """What a command prints on a terminal of so many columns and lines, line by line."""
    reader, writer = pty.openpty()
    program = Path(sys.executable).with_name("decompose")
    environment = {**os.environ, "COLUMNS": str(size[0]), "LINES": str(size[1]), "TERM": "dumb"}
    process = subprocess.Popen([program, *arguments], env=environment, stdout=writer, stderr=subprocess.DEVNULL)
    os.close(writer)
    seen = b""
    try:
        while part := os.read(reader, 65_536):
            seen += part
    except OSError:
        pass  # how a pseudo-terminal says that it is at its end
    os.close(reader)
    assert process.wait() == 0
    return seen.decode().splitlines()


def test_a_terminal_is_shown_no_parquet() -> None:
    reader, writer = pty.openpty()
    program = Path(sys.executable).with_name("decompose")
    arguments: list[str | Path] = [program, "export", analysed_shop().run, "tables", "--format", "parquet"]
    done = subprocess.run(arguments, stdout=writer, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writer)
    with pytest.raises(OSError, match="Input/output error"):  # it holds nothing
        os.read(reader, 100)
    os.close(reader)
    assert (done.returncode, done.stderr) == (
        2,
        "decompose: Parquet is nothing that a terminal can show. Give a file with -o.\n",
    )


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_what_is_asked_fits_a_screen_and_names_are_shortened_in_their_middle(size: tuple[int, int]) -> None:
    shop = analysed_shop()
    unit, table = "shop.billing.service:bill_new_user", "table:users"
    asked = [("compare", shop.run), ("compare", shop.run, "consensus", "all-in-one"), ("explain", shop.run, unit),
             ("explain", shop.run, table), ("explain", shop.run, table, "table:invoices")]  # fmt: skip
    for arguments in asked:
        lines = screen(*arguments, size=size)
        assert len(lines) < size[1]
        assert max(map(len, lines)) <= size[0]
    assert any("…" in line for line in screen("explain", shop.run, table))
    # Figures are not cut short, however long the names of the splits are.
    compared = screen("compare", shop.run, "connected-components", "entry-points-first", size=(80, 24))
    row = next(line.split() for line in compared if line.startswith("  foreign writes "))
    splits = {split.name: split for split in shop.analysis.splits}
    expected = [splits[name].score("foreign_writes") for name in ("connected-components", "entry-points-first")]
    assert [float(figure) for figure in row[2:4]] == pytest.approx(expected, abs=0.001)
    # Who does what is told whole: what is left out first are modules and folders.
    told = screen("explain", shop.run, "shop.billing.service:bill", size=(60, 24))
    assert "  bill -[construct]-> Invoice (exact, …/service.py:61)" in told
    assert "…" not in run("explain", shop.run, table).stdout


def test_a_plan_goes_on_below_where_a_line_begins_and_breaks_no_name() -> None:
    shop = analysed_shop()
    for arguments in (("plan", shop.run), ("plan", shop.run, "--service", "invoice")):
        piped, seen = run(*arguments).stdout, screen(*arguments, size=(60, 24))
        assert piped.split() == " ".join(seen).split()
        assert all(len(line) <= 60 or len(line.split()) == 1 for line in seen)
        assert len(seen) > len(piped.splitlines())


@pytest.mark.parametrize(("size", "listed"), [((80, 24), 4), ((80, 27), 7), ((120, 40), 12), ((300, 100), 12)])
def test_the_summary_lists_as_many_services_as_fit_the_screen(size: tuple[int, int], listed: int) -> None:
    services = tuple(
        ServiceLine(name=f"a-service-with-a-long-name-{n}", units=1234, tables=56, entry_points=789, needs=1234, needed_by=5678)
        for n in range(30)
    )  # fmt: skip
    outcome = Outcome(
        name="app", files=1234, lines=567_890, roots={".": ("app",)}, left_out={"test": 12}, unparsed=0, unread=0, unread_first="", defects=0,
        units=5678, tables=90, accesses=12_345, transactions=67, entry_points={"http": 89}, calls={"exact": 1},
        recommended="consensus", split="consensus", verdict="Split into 30 services: " + 4 * "and so on, ", agreement=0.9,
        risk="app.orders:place writes 20 tables of many services: " + 9 * "a-service, ", services=services, shared_units=12,
        plan="a-service, once the seams are drawn inside the monolith. It is the only one of 29 steps that is worth its work.", crossings=3456,
    )  # fmt: skip
    lines = list(summary(outcome, Path("reports/app"), size))
    assert sum(line.startswith("  a-service-") for line in lines) == listed
    assert sum(-(-len(line) // size[0]) or 1 for line in lines) < size[1]
    assert any(line == f"  and {30 - listed} more" for line in lines)
    table = lines[lines.index("") + 1 :]
    assert all(len(line) <= 80 for line in table[: table.index("")])


# explain


def test_a_unit_is_explained() -> None:
    text = run("explain", analysed_shop().run, "shop.billing.service:bill").stdout
    assert text.startswith("shop.billing.service:bill is in ")
    assert "\n  shop.billing.service:bill reads products (exact, shop/billing/service.py:60)\n" in text
    assert "session.query(Product)" in text


def test_a_table_is_explained_with_its_keys() -> None:
    text = run("explain", analysed_shop().run, "table:invoices", "--all").stdout
    assert "foreign key invoices(user_id) -> users(id) (shop/billing/models.py:10)" in text
    assert "Runner-up: " in text
    assert re.search(r"^ +\d+% shop\.\S+ in \w+ \(.*foreign keys", text, re.MULTILINE)


@pytest.mark.parametrize("thing", ["shop.billing.service:bill", "table:invoices"])
def test_what_the_packages_around_something_add_to_its_ties_is_told(thing: str) -> None:
    shop = analysed_shop()
    package = next(package for package in shop.analysis.packages if package.name == "shop.billing")
    near, far = json.loads(run("explain", shop.run, thing, "--format", "json").stdout)["packages"]
    assert near[:3] == ["shop.billing", package.units, package.together]
    assert far[0] == "shop"
    assert near[3] > 0 == far[3]
    text = run("explain", shop.run, thing).stdout
    assert (
        f"  shop.billing (13 units) is one thing by {package.together:.0%}: "
        f"{near[3]:.0%} of the weight above is from that\n"
        "  shop (41 units) is one thing by 0%: this adds nothing to its ties\n"
    ) in text


def test_what_is_in_a_toss_up_is_explained_with_what_goes_along(tmp_path: Path) -> None:
    shop = analysed_shop()
    shown = shop.analysis.recommendation.shown
    split = next(split for split in shop.analysis.splits if split.name == shown)
    here, there = split.services[:2]
    block = TossUp(
        service=here.name, rival=there.name, share=0.5, units=here.units[:6], tables=here.tables[:1], agree=0.5,
        rival_agree=0.4, ties=0.3, rival_ties=0.25, modules={"shop.there": 6}, touches={"invoices": 2},
    )  # fmt: skip
    (tmp_path / "analysis.json").write_bytes(encode(msgspec.structs.replace(shop.analysis, toss_ups=(block,))))
    told = (
        f"A toss-up: 6 units and 1 table (shop.there 6) of {here.name} go as well to {there.name} (of the clusterings 50% put it in {here.name} "
        f"and 40% put it in {there.name}; of its ties to others 30% lead to {here.name} and 25% lead to {there.name})"
    )
    for thing in (block.units[3], f"table:{block.tables[0]}"):
        assert told in run("explain", tmp_path, thing).stdout
        found = json.loads(run("explain", tmp_path, thing, "--format", "json").stdout)["toss_up"]
        assert (found["rival"], found["units"]) == (there.name, list(block.units))
    assert "toss-up" not in run("explain", tmp_path, here.units[7]).stdout
    other = next(split.name for split in shop.analysis.splits if split.name != shown)
    assert "toss-up" not in run("explain", tmp_path, block.units[3], "--split", other).stdout
    rows = list(csv.DictReader(io.StringIO(run("export", tmp_path, "toss_ups").stdout)))
    assert [row["id"] for row in rows] == [*block.tables, *block.units]
    assert {(row["split"], row["block"], row["service"], row["rival"]) for row in rows} == {
        (shown, "1", here.name, there.name)
    }


def test_a_run_from_before_packages_were_kept_is_explained_without_them(tmp_path: Path) -> None:
    shop = analysed_shop()
    document = json.loads((shop.run / "analysis.json").read_text())
    assert document.pop("packages")
    (tmp_path / "analysis.json").write_text(json.dumps(document))
    told = run("explain", tmp_path, "shop.billing.service:bill", "--all").stdout
    whole = run("explain", shop.run, "shop.billing.service:bill", "--all").stdout
    assert "one thing" not in told
    assert "packages" not in told
    evidence = re.compile(r"^  shop.*\(exact, .*\)$", re.MULTILINE)
    assert evidence.findall(told) == evidence.findall(whole) != []


def test_the_ties_of_packages_are_in_the_shares_of_weight_as_a_split_is_made_of_them() -> None:
    shop = analysed_shop()
    graph = EvidenceGraph(shop.analysis.system)
    ends, weights = graph.combined().plus(Folders(graph).ties(shop.analysis.packages))
    names = shop.analysis.splits[0].services_of()
    node = graph.unit_node["shop.billing.service:bill"]
    expected: Counter[str] = Counter()
    for (one, two), weight in zip(ends.tolist(), weights.tolist(), strict=True):
        if node in (one, two):
            expected[names[graph.members[two if one == node else one][0]]] += weight
    told = api.explain(shop.analysis, "shop.billing.service:bill", split_name=shop.analysis.splits[0].name)
    assert told.weights == {name: round(weight / expected.total(), 4) for name, weight in sorted(expected.items())}
    assert any("packages" in near.layers for near in told.nearest or [])


def test_two_things_in_a_package_that_is_one_thing_are_told_so() -> None:
    shop = analysed_shop()
    text = run("explain", shop.run, "shop.billing.service:bill", "table:invoices").stdout
    package = next(package for package in shop.analysis.packages if package.name == "shop.billing")
    assert f"  shop.billing (13 units) is one thing by {package.together:.0%}\n" in text
    apart = run("explain", shop.run, "shop.billing.service:bill", "table:users").stdout
    assert "Packages around both" in apart, "that of the whole application"
    assert "shop.billing (" not in apart


def test_a_runner_up_without_a_tie_is_told_as_such(tmp_path: Path) -> None:
    analysis = analysed_shop().analysis
    split = next(split for split in analysis.splits if split.name == analysis.recommendation.shown)
    names = {service.name for service in split.services}
    told = {unit: api.explain(analysis, unit) for unit in split.confidence if ":" in unit and "table:" not in unit}
    unit, rival = next(
        (unit, rival)
        for unit, found in sorted(told.items())
        for rival in sorted(names - {found.service} - dict(found.ties).keys())
    )
    document = json.loads((analysed_shop().run / "analysis.json").read_text())
    next(one for one in document["splits"] if one["name"] == split.name)["runners_up"] = {unit: rival}
    (tmp_path / "analysis.json").write_text(json.dumps(document))
    lines = run("explain", tmp_path, unit).stdout.splitlines()
    at = lines.index(f"Runner-up: {rival}, where most of the other clusterings put it")
    assert lines[at + 1] == "  along with what it is tied to; itself it has no tie there"


def test_everything_between_two_tables_is_listed() -> None:
    shop = analysed_shop().run
    text = run("explain", shop, "table:invoices", "table:users").stdout
    assert "foreign key invoices(user_id) -> users(id) (shop/billing/models.py:10)" in text
    assert "shop.billing.service:bill_new_user writes invoices, users in one transaction" in text
    text = run("explain", shop, "table:users", "table:addresses").stdout
    assert "shop.totals:totals joins addresses and users in one statement" in text


def test_what_one_line_does_to_several_tables_is_one_line_of_evidence() -> None:
    shop = analysed_shop().run
    text = run("explain", shop, "shop.totals:totals").stdout
    assert text.count("shop.totals:totals reads ") == 1
    assert "shop.totals:totals reads addresses (exact, shop/totals.py:6); on this line also 1 other\n" in text
    assert "; on this line also users\n" in run("explain", shop, "shop.totals:totals", "--all").stdout


def test_what_one_line_joins_is_one_line_of_evidence() -> None:
    joins = [Join("shop.sales:best", (one, "users"), "exact", "shop/sales.py", 3) for one in ("orders", "places")]
    (ties,) = by_line(joins)
    told = "shop.sales:best joins orders and users in one statement (exact, shop/sales.py:3); on this line also "
    assert described(ties, whole=False) == f"{told}1 other"
    assert described(ties, whole=True) == f"{told}places and users"


def test_everything_between_two_units_is_listed() -> None:
    shop = analysed_shop().run
    text = run("explain", shop, "shop.web:show_account", "find_accounts").stdout
    assert "shop.web:show_account -[call]-> shop.accounts.service:find_accounts (exact, shop/web.py:13)" in text
    nothing = run("explain", shop, "shop.web:show_account", "table:products").stdout
    assert "  no call, access, key, base, transaction or statement leads from one to the other\n" in nothing
    assert re.search(r"^table:products is in \w", nothing, re.MULTILINE)


def test_an_explanation_as_json() -> None:
    document = json.loads(run("explain", analysed_shop().run, "table:invoices", "--format", "json").stdout)
    assert document["thing"] == "table:invoices"
    assert set(document) == {
        *("thing", "service", "confidence", "ties", "weights", "nearest", "evidence", "runner_up", "to_change"),
        *("other", "other_service", "packages", "because", "toss_up", "alike"),
    }


@pytest.mark.parametrize(
    ("thing", "words"),
    [
        ("", "(nothing)"),
        ("find", "Did you mean: shop.billing.service:find_billing"),
        ("table:user", "Did you mean: users"),
        ("table:find_billing", "no unit or table of this name.\n"),
        ("shop.catalogue.service:find", "Did you mean: shop.catalogue.service:find_catalogue,"),
        ("shop.catalogue.models:Categorie", "shop.catalogue.models:Category"),
        ("creat_billing", "shop.billing.service:create_billing"),
        ("zzzz", "no unit or table of this name"),
    ],
)
def test_an_unknown_thing_is_refused_with_what_is_near(thing: str, words: str) -> None:
    assert words in refused("explain", analysed_shop().run, thing)


def test_a_mistyped_command_is_answered_with_the_nearest() -> None:
    assert "No such command 'analyse'" in refused("analyse", ".")
    assert "Did you mean: analyze?" in refused("analyse", ".")
    assert "Did you mean" not in refused("zzzz")


# report and schema


def test_the_report_is_rendered_again_and_nothing_else_is_touched(tmp_path: Path) -> None:
    shop = analysed_shop()
    files = {path.name: path.read_bytes() for path in shop.run.iterdir()}
    write_tree(tmp_path / "run", {**files, "report.html": "old", "notes.txt": "mine"})
    run("report", tmp_path / "run")
    assert {path.name: path.read_bytes() for path in (tmp_path / "run").iterdir()} == {**files, "notes.txt": b"mine"}
    run("report", tmp_path / "run", "--split", "one-per-package")
    assert "not the recommended one" in (tmp_path / "run" / "report.html").read_text()
    assert "no such split" in refused("report", tmp_path / "run", "--split", "nonsense")


def test_the_schema_is_json() -> None:
    assert json.loads(run("schema").stdout)["$defs"]["Analysis"]["properties"]["format_version"] == {"type": "integer"}


def test_a_closed_pipe_is_no_error() -> None:
    program = Path(sys.executable).with_name("decompose")
    command = f"{program} export {analysed_shop().run} calls --external | head -1; exit ${{PIPESTATUS[0]}}"
    result = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.startswith("caller,callee")


def test_what_is_exported_does_not_steer_the_terminal_and_reaches_a_pipe_as_it_is(tmp_path: Path) -> None:
    text = "from app import words\n\n\ndef use(): return words()\n"
    base = write_tree(tmp_path / "app", {**TINY, "e\x1b[31m.py": text})
    run("analyze", base, "-o", tmp_path / "run")
    assert any(
        line.startswith("e\\x1b[31m:use,function,") for line in screen("export", tmp_path / "run", "definitions")
    )
    assert "e\x1b[31m:use,function," in run("export", tmp_path / "run", "definitions").stdout


@pytest.mark.parametrize("streams", ["2>&-", ">&-", "<&- >&- 2>&-", "2>/dev/full"])
def test_progress_that_nobody_can_read_is_no_error(tmp_path: Path, streams: str) -> None:
    base = write_tree(tmp_path / "app", {**TINY, "use.py": "from app import words\n\n\ndef use(): return words()\n"})
    program = Path(sys.executable).with_name("decompose")
    command = f"{program} analyze {base} -o {tmp_path / 'run'} --cache-dir {tmp_path / 'cache'} {streams}"
    assert subprocess.run(["bash", "-c", command], capture_output=True, check=False).returncode == 0
    assert (tmp_path / "run" / "report.html").exists()


def test_what_is_not_looked_into_is_said_in_front(tmp_path: Path) -> None:
    base = write_tree(tmp_path / "app", {**TINY, "kept.py": "import neomodel\nimport klein\n"})
    result = run_cli("analyze", base, "-o", tmp_path / "run", cwd=tmp_path)
    assert "Not looked into: what Neomodel keeps; routes of Klein\n" in result.stdout
    head = (tmp_path / "run" / "report.html").read_text().partition("</h1>")[2]
    assert head.index("Not looked into: what Neomodel keeps; routes of Klein.") < head.index('class="facts"')


def parts_apart(base: Path, files: dict[str, str]) -> Path:
    """Two applications of 3,103 lines beside each other, and some files more."""
    sized = (
        "def area(side):\n"
        + "    side = side + 1\n" * 3_100
        + "    return side\ndef double(side): return area(side) * 2\n"
    )
    for part in ("shop", "blog"):
        files[f"{part}/{part}_app/shapes.py"] = sized
        files[f"{part}/{part}_app/__init__.py"] = ""
        files[f"{part}/pyproject.toml"] = f"[project]\nname = '{part}'\n"
    return write_tree(base, files)


def test_parts_that_share_nothing_are_told_apart_in_front(tmp_path: Path) -> None:
    base = parts_apart(tmp_path / "apart", {})
    said = "parts that share nothing: blog (3,103 lines), shop (3,103 lines)."
    assert f"2 {said}" in run_cli("analyze", base, "-o", tmp_path / "run", cwd=tmp_path).stdout
    assert "2 parts share nothing: blog (3,103 lines)" in (tmp_path / "run" / "report.html").read_text()


MODEL = "from sqlalchemy import Column, ForeignKey, Integer\nfrom sqlalchemy.orm import declarative_base\nBase = declarative_base()\n"
POST = MODEL + "class Post(Base):\n    __tablename__ = 'posts'\n    id = Column(Integer, primary_key=True)\n"


@pytest.mark.parametrize(
    "shop",
    [
        pytest.param("from blog_app.shapes import area\n", id="import"),
        pytest.param(
            "import sqlite3\ndef read(): sqlite3.connect('s').execute('SELECT id FROM posts')\n", id="access of a table"
        ),
        pytest.param(
            MODEL
            + "class Order(Base):\n    __tablename__ = 'orders'\n    id = Column(Integer, primary_key=True)\n"
            + "    post_id = Column(ForeignKey('posts.id'))\n",
            id="foreign key",
        ),
    ],
)
def test_parts_that_share_one_thing_are_one_application(tmp_path: Path, shop: str) -> None:
    base = parts_apart(tmp_path / "apart", {"blog/blog_app/models.py": POST, "shop/shop_app/used.py": shop})
    assert "share nothing" not in run_cli("analyze", base, "-o", tmp_path / "run", cwd=tmp_path).stdout


def test_a_folder_of_notebooks_is_told_what_to_do(tmp_path: Path) -> None:
    base = write_tree(tmp_path / "notes", {"sales.ipynb": "{}"})
    said = run_cli("analyze", base, "-o", tmp_path / "run", cwd=tmp_path)
    assert (said.returncode, "jupyter nbconvert --to script" in said.stderr) == (2, True)


def test_a_plan_of_one_service_says_why_there_is_none() -> None:
    said = run("plan", analysed_shop().run, "all-in-one").stdout
    assert "There is nothing to extract: all-in-one has one service." in said
    assert "all the same" not in said


def test_a_service_is_no_thing_to_explain_and_a_method_is_told_as_part_of_its_class() -> None:
    shop = analysed_shop()
    names = {d.id.rpartition(":")[2].rpartition(".")[2] for d in shop.analysis.system.definitions if d.id == d.unit}
    tables = {table.name for table in shop.analysis.system.tables}
    split = next(split for split in shop.analysis.splits if split.name == "package-structure")
    service = next(service for service in split.services if service.name not in names | tables)
    said = refused("explain", shop.run, service.name, "--split", split.name)
    assert f"{service.name}: this is a service of package-structure. Give a unit or table of it, such as " in said
    inner, unit = "shop.services.trail:TrailRepository.matching", "shop.services.trail:TrailRepository"
    told = run("explain", Path(__file__).parents[2] / "reports" / "sample_monolith", inner).stdout
    assert told.startswith(f"{inner} is part of {unit}\n{unit} is in ")
    module = next(unit.id for unit in shop.analysis.system.units if unit.id.endswith(":"))
    assert run("explain", shop.run, module).stdout.startswith(f"top-level code of {module[:-1]} is in ")


def test_an_ascii_terminal_gets_everything(tmp_path: Path) -> None:
    base = write_tree(tmp_path / "app", {"café.py": TINY["app.py"]})
    result = run_cli("analyze", base, "-o", tmp_path / "ä", cwd=tmp_path, env={"PYTHONIOENCODING": "ascii"})
    assert result.returncode == 0, result.stderr
    assert "Report: " in result.stdout


def test_a_partition_is_not_laid_beside_a_second_run(tmp_path: Path) -> None:
    hand = tmp_path / "hand.csv"
    hand.write_text("id,service\ntable:users,people\n")
    run = analysed_shop().run
    assert "leave out the second run" in refused("compare", run, run, "--with", hand)


def test_two_runs_are_compared_by_the_splits_after_their_names(tmp_path: Path) -> None:
    before = analysed_shop().run
    after = shutil.copytree(before, tmp_path / "after")
    text = run("compare", f"{before}:tables-first", f"{after}:whole-graph", "--format", "json").stdout
    (found,) = json.loads(text)
    assert (found["first"], found["second"]) == (f"{before.name}:tables-first", "after:whole-graph")
    same = run("compare", f"{before}:tables-first", after, "--format", "json").stdout
    assert [(side["second"], side["moved"]) for side in json.loads(same)] == [("after:tables-first", [])]
    alone = run("compare", f"{before}:tables-first", "whole-graph", "--format", "json").stdout
    assert [(side["first"], side["second"]) for side in json.loads(alone)] == [("tables-first", "whole-graph")]
    assert "It has: consensus" in refused("compare", before, f"{after}:nonsense")
    assert "one split each" in refused("compare", f"{before}:tables-first", "whole-graph", after)
    assert f"decompose compare {before} {after}" in refused("compare", before, "--with", after)


def test_two_runs_in_folders_of_one_name_are_told_apart(tmp_path: Path) -> None:
    other = shutil.copytree(analysed_shop().run, tmp_path / analysed_shop().run.name)
    title = run("compare", analysed_shop().run, other).stdout.splitlines()[0]
    assert title == f"{analysed_shop().run}:consensus  against  {other}:consensus"


@pytest.mark.parametrize("entered", ["command", "module"])
def test_ctrl_c_while_the_program_is_loaded_ends_without_a_traceback(tmp_path: Path, entered: str) -> None:
    # A shell that runs the tests in the background has Ctrl-C ignored by all that it starts.
    interrupting = "signal.signal(signal.SIGINT, signal.default_int_handler)\nos.kill(os.getpid(), signal.SIGINT)\n"
    write_tree(tmp_path, {"click.py": f"import os, signal\n{interrupting}"})
    started: dict[str, list[str | Path]] = {
        "command": [Path(sys.executable).with_name("decompose")],
        "module": [sys.executable, "-m", "decompose"],
    }
    result = subprocess.run(
        [*started[entered], "--version"],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (result.returncode, result.stdout) == (130, "")
    assert result.stderr == "Interrupted; nothing was left half-written.\n"


def test_of_a_file_with_several_splits_it_is_said_which_was_taken(tmp_path: Path) -> None:
    shop = analysed_shop()
    file = tmp_path / "all.csv"
    file.write_text(run("export", shop.run, "assignments").stdout)
    text = run("compare", shop.run, "--with", file).stdout
    assert "against  all:consensus\n" in text
    assert f"of the {len(shop.analysis.splits)} splits in the file consensus was taken; another one: all.csv:" in text
    named = run("compare", shop.run, "tables-first", "--with", f"{file}:tables-first", "--format", "json").stdout
    assert [(side["second"], side["moved"]) for side in json.loads(named)] == [("all:tables-first", [])]
    assert "and not nonsense. Take one: " in refused("compare", shop.run, "--with", f"{file}:nonsense")
    assert "Take one: " in refused("analyze", shop.base, "-o", tmp_path / "run", "--no-cache", "--start-from", file)
    run("analyze", shop.base, "-o", tmp_path / "run", "--no-cache", "--start-from", f"{file}:tables-first")
    again = run("compare", tmp_path / "run", "all", "--with", f"{file}:tables-first", "--format", "json").stdout
    assert [side["moved"] for side in json.loads(again)] == [[]]


def test_of_a_file_with_one_split_nothing_has_to_be_said(tmp_path: Path) -> None:
    file = by_hand(tmp_path, "id,service\nshop.accounts.models:User,a\nshop.web:show_account,c\n")
    (document,) = json.loads(run("compare", analysed_shop().run, "--with", file, "--format", "json").stdout)
    assert document["second"] == "ours"
    assert "in the file" not in document["generators"]["second"]
