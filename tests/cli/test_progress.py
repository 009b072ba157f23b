"""What a terminal shows of the progress."""

from __future__ import annotations

import io
import sys
import threading
from typing import TYPE_CHECKING

from decompose.cli.progress import shown_progress

if TYPE_CHECKING:
    import pytest


class Terminal(io.StringIO):
    """A screen that remembers what was written on it."""

    def isatty(self) -> bool:
        return True


def test_the_bar_shows_each_step_at_once_and_needs_no_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """Processes are forked only where there is a single thread."""
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("CI", raising=False)
    threads = threading.active_count()
    with shown_progress(quiet=False) as progress:
        progress("facts", 0, 3)
        progress("facts", 2, 3)
        shown, running = screen.getvalue(), threading.active_count()
    assert running == threads
    assert "Reading files" in shown
    assert "2/3" in shown
