"""Ctrl-C: where it has to wait, and what it does to processes that help."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager

_CAN_WAIT = hasattr(signal, "pthread_sigmask")


@contextmanager
def interrupts_held_back() -> Iterator[None]:
    """Ctrl-C waits until the block is done, also for processes that are started in it."""
    if not _CAN_WAIT:
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def end_without_a_word() -> None:
    """From here on Ctrl-C ends this process at once: a terminal sends it to all, and the one that started it tells."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    if _CAN_WAIT:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT, signal.SIGTERM})
