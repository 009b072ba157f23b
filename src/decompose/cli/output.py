"""The one place where text is printed: names and source lines of the analysed code must not steer the terminal."""

from __future__ import annotations

import contextlib
import re
import shutil
import sys
import textwrap
from pathlib import Path

import click

# Control characters but the tab, direction marks, line separators, and halves of surrogate pairs.
_UNSAFE = re.compile(
    "[\\x00-\\x08\\x0a-\\x1f\\x7f-\\x9f\\u061c\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u2069\\ufeff\\ud800-\\udfff]"
)


_LARGE = (120, 40)


def say(line: object = "", *, err: bool = False) -> None:
    r"""Print one line that moves no cursor and turns no direction: ``ESC`` becomes ``\x1b``."""
    text = _UNSAFE.sub(lambda found: found[0].encode("unicode_escape").decode(), str(line))
    with contextlib.suppress(OSError) if err else contextlib.nullcontext():  # the exit code tells it as well
        click.echo(text, err=err)


def on_terminal() -> bool:
    """Whether somebody looks at what is printed, and no program reads it."""
    return sys.stdout is not None and sys.stdout.isatty()


def screen() -> tuple[int, int]:
    """Columns and lines of the terminal; of what is no terminal, those of a large one."""
    columns, lines = shutil.get_terminal_size(_LARGE)
    return (columns, lines) if on_terminal() else _LARGE


def say_on_screen(line: str) -> None:
    """Print one line; on a terminal what does not fit is left out of its middle, as names and places stand at the ends."""
    if on_terminal():
        line = fitted(line, screen()[0])
    say(line)


def wrapped(text: str) -> str:
    """On a terminal, lines that do not fit go on below where they begin; no name is broken."""
    if not on_terminal():
        return text
    columns = max(screen()[0], 40)
    lines = []
    for line in text.splitlines():
        indent = " " * (len(line) - len(line.lstrip()) + 2)
        lines += textwrap.wrap(
            line, columns, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
        ) or [""]
    return "\n".join(lines)


def fitted(line: str, width: int) -> str:
    """The line in at most ``width`` characters, with what is left out of its middle as an ellipsis."""
    if len(line) <= width or width < 8:
        return line
    end = (width - 1) // 2
    return f"{line[: width - 1 - end]}…{line[-end:]}"


def write_text(text: str, output: Path | None) -> None:
    """Write a result to a file, or to stdout line by line; raises `OutputError`."""
    if output is None:
        for line in text.splitlines():
            say(line)
        return
    from decompose.runs.directory import write_file

    write_file(text.encode("utf-8", errors="backslashreplace"), output)
