"""The command line: one file for each command; each reads options, calls one use case, prints."""

from __future__ import annotations

import gc
import sys
from importlib import import_module

import click

from decompose.errors import DecomposeError

_COMMANDS = {
    "analyze": "Find where an application can be split, and write the report.",
    "compare": "Lay candidate splits side by side.",
    "explain": "Why is this unit or table where it is?",
    "export": "Write one table of a run as CSV, JSON or Parquet.",
    "report": "Render the report of a run again.",
    "schema": "Print the JSON Schema of analysis.json.",
}


class _Commands(click.Group):
    """Imports a command only when it is asked for, so that --help and --version are quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in _COMMANDS:
            return None
        command = getattr(import_module(f"decompose.cli.{name}"), name)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(sorted(_COMMANDS.items()))


def _print_version(context: click.Context, parameter: click.Parameter, value: bool) -> None:
    if value and not context.resilient_parsing:
        from decompose.version import __version__

        click.echo(f"decompose {__version__}")
        context.exit()


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Start with: decompose analyze PATH. Completion for your shell: _DECOMPOSE_COMPLETE=bash_source decompose",
)
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_print_version, help="Print the version.")
def group() -> None:
    """Find out where a Python monolith can be split into services.

    The code is read, never imported or run.
    """


def main() -> None:
    """Run the command line; the exit code is 0, 2 for wrong use or failure, 130 when interrupted."""
    try:
        code = group(standalone_mode=False)
    except click.exceptions.Abort:
        click.echo("Interrupted; nothing was written.", err=True)
        code = 130
    except KeyboardInterrupt:
        click.echo("Interrupted; nothing was written.", err=True)
        code = 130
    except click.ClickException as problem:
        problem.show()
        code = 2
    except DecomposeError as problem:
        click.echo(f"decompose: {problem}", err=True)
        code = 2
    except BrokenPipeError:
        # The reader has gone; what could not be written cannot be told either.
        sys.stdout = None
        code = 0
    gc.freeze()  # the process ends: looking for garbage now would only take time
    sys.exit(code if isinstance(code, int) else 0)
