"""The command line: one file for each command, which reads options, calls one use case and prints."""

from __future__ import annotations

import signal
import sys
from typing import TYPE_CHECKING

import click

from decompose.cli.analyze import analyze
from decompose.cli.compare import compare
from decompose.cli.explain import explain
from decompose.cli.export import export
from decompose.cli.group import CommandGroup
from decompose.cli.output import print_text
from decompose.cli.report import report
from decompose.cli.schema import schema

if TYPE_CHECKING:
    from types import FrameType


def _print_version(context: click.Context, _option: click.Parameter, wanted: bool) -> None:
    if wanted and not context.resilient_parsing:
        from decompose.version import __version__  # noqa: PLC0415 - reads the package's metadata from disk

        print_text(f"decompose {__version__}")
        context.exit()


@click.group(
    cls=CommandGroup,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="""\b
Examples:
  decompose analyze ./shop                      report in reports/shop/
  decompose export reports/shop cuts            CSV on stdout
  decompose compare reports/shop                all candidate splits side by side
  decompose explain reports/shop orders         why a table is where it is

\b
Exit codes: 0 done and clean, 1 findings, 2 wrong use, unreadable input or failure.
Shell completion: eval "$(_DECOMPOSE_COMPLETE=bash_source decompose)" (also zsh_source, fish_source).""",
)
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_print_version, help="Show the version and exit."
)
def command() -> None:
    """Find out where a Python monolith can be split into services, what happens to its database, and in which order.

    The code is read, never imported and never run.
    """


for _subcommand in (analyze, report, compare, explain, export, schema):
    command.add_command(_subcommand)


def main() -> None:
    """Run the command line."""
    for stream in (sys.stdout, sys.stderr):
        # A name that the terminal's encoding lacks is shown escaped instead of ending the run.
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    signal.signal(signal.SIGTERM, _leave)
    command(prog_name="decompose")


def _leave(number: int, _frame: FrameType | None) -> None:
    """Turn a polite kill into an exception, so that nothing half-written stays behind."""
    raise SystemExit(128 + number)
