"""The command line: one file for each command; each reads options, calls one use case, prints."""

from __future__ import annotations

import contextlib
import errno
import gc
import io
import logging
import os
import sys
from importlib import import_module
from typing import NoReturn

import click

from decompose.cli.output import say
from decompose.errors import DecomposeError
from decompose.interrupts import Terminated, end_in_order_when_told

_STDOUT_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EBADF})

_COMMANDS = {
    "analyze": "Find where an application can be split, and write the report.",
    "check": "Fail if code crosses the services of a split where it did not before.",
    "compare": "Lay candidate splits side by side.",
    "contracts": "Write the seams of a split as contracts for import-linter or tach.",
    "ddl": "Write SQL that divides the database, and the way back.",
    "explain": "Why is this unit or table where it is?",
    "export": "Write one table of a run as CSV, JSON or Parquet.",
    "plan": "In which order to extract the services, and what to do in each step.",
    "report": "Render the report of a run again.",
    "schema": "Print the JSON Schema of analysis.json.",
}


class _Commands(click.Group):
    """Imports a command only when it is asked for, so that --help and --version are quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - as click calls it
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:  # noqa: ARG002 - likewise
        if name not in _COMMANDS:
            return None
        command = getattr(import_module(f"decompose.cli.{name}"), name)
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as problem:
            from difflib import get_close_matches

            near = get_close_matches(args[0], sorted(_COMMANDS), n=1)
            if not near:
                raise
            raise click.UsageError(f"{problem.message} Did you mean: {near[0]}?", ctx) from None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - likewise
        with formatter.section("Commands"):
            formatter.write_dl(sorted(_COMMANDS.items()))


def _print_version(context: click.Context, parameter: click.Parameter, value: bool) -> None:  # noqa: ARG001 - likewise
    if value and not context.resilient_parsing:
        from decompose.version import __version__

        click.echo(f"decompose {__version__}")
        context.exit()


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Start with: decompose analyze PATH. Completion for your shell: _DECOMPOSE_COMPLETE=bash_source decompose",
)
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_print_version, help="Print the version."
)
def group() -> None:
    """Find out where a Python monolith can be split into services.

    The code is read, never imported or run.
    """


def main() -> None:
    """Run the command line; the exit code is 0, 1 for findings, 2 for wrong use or failure, 130 when interrupted, 143 when told to end."""
    _open_what_is_closed()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    gc.disable()  # a command makes what it keeps, and its process ends soon
    try:
        code = _run()
        if sys.stdout is not None:
            sys.stdout.flush()
    except BrokenPipeError:
        code = _stdout_given_up(0)  # the reader has gone; what could not be written cannot be told either
    except OSError as problem:
        if problem.errno not in _STDOUT_FULL or problem.filename is not None:
            raise
        say(f"decompose: standard output: cannot be written ({problem.strerror}).", err=True)
        code = _stdout_given_up(2)
    _leave(code)


def _leave(code: int) -> NoReturn:
    """End the process at once: taking a large analysis apart, piece by piece, takes longer than writing it down."""
    logging.shutdown()
    with contextlib.suppress(OSError):
        sys.stderr.flush()
    os._exit(code)


def _open_what_is_closed() -> None:
    """The next file to be opened, such as the cache, would else take the place of a closed stream, and what is printed go into it."""
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest place that is free
    if sys.stdout is None:
        sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115 - until the process ends
    if sys.stderr is None:
        sys.stderr = open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115 - until the process ends


def _run() -> int:
    try:
        end_in_order_when_told()
        code = group(standalone_mode=False)
    except (click.exceptions.Abort, KeyboardInterrupt) as problem:
        say("Interrupted; nothing was left half-written.", err=True)
        return 143 if isinstance(problem.__cause__ or problem, Terminated) else 130
    except click.ClickException as problem:
        problem.show()
        return 2
    except SystemExit as problem:  # so click ends, with 1, when the reader has gone
        raise BrokenPipeError from problem
    except DecomposeError as problem:
        for line in f"decompose: {problem}".splitlines():
            say(line, err=True)
        return 2
    return code if isinstance(code, int) else 0


def _stdout_given_up(code: int) -> int:
    """The exit code, after making sure that the interpreter does not try to write once more."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return code
