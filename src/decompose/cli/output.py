"""Writing results: to stdout, or to a file that appears whole."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from pathlib import Path

_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]",
)


def printable(text: str) -> str:
    """``text`` with control characters and text-direction marks escaped: names must not steer the terminal."""
    return _UNPRINTABLE.sub(lambda match: match[0].encode("unicode_escape").decode(), text)


def print_text(text: str) -> None:
    """Print a result for people."""
    click.echo(printable(text))


def emit(content: bytes, output: Path | None, *, readable: bool = True) -> None:
    """Write a result for programs: to ``output``, else to stdout. What is not ``readable`` never goes to a terminal."""
    if output is not None:
        from decompose.api import write_file  # noqa: PLC0415 - only when it is needed

        write_file(output, content)
        click.echo(f"Wrote {printable(str(output))}", err=True)
    elif sys.stdout.isatty() and not readable:
        raise click.UsageError("This format is not text; name a file with -o.")
    else:
        click.echo(printable(content.decode()) if sys.stdout.isatty() else content, nl=False)
