"""Errors become one message and an exit code, here and nowhere else."""

from __future__ import annotations

import os
import signal
import sys
from typing import Any

import click

from decompose.cli.output import printable
from decompose.errors import DecomposeError

_INTERRUPTED = 128 + signal.SIGINT
_PIPE_CLOSED = 128 + 13
"""As if killed by SIGPIPE (which Windows has no name for): what every program in a pipe does."""


class _Failure(click.ClickException):
    exit_code = 2


class CommandGroup(click.Group):
    """A group whose commands may raise `DecomposeError`, be interrupted, or lose their reader."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the chosen command. What it returns is click's business."""
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
        except DecomposeError as error:
            raise _Failure(printable(str(error))) from error
        except KeyboardInterrupt:
            click.echo("\nInterrupted. Nothing was written; earlier results are as they were.", err=True)
            ctx.exit(_INTERRUPTED)
        except BrokenPipeError:
            # Python flushes stdout once more on its way out; give it somewhere to go.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            ctx.exit(_PIPE_CLOSED)
        return result
