"""Ctrl-C and being told to end: where they have to wait, and what they do to processes that help."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from multiprocessing.synchronize import Event

_CAN_WAIT = hasattr(signal, "pthread_sigmask")
_stop: Event | None = None


class Terminated(KeyboardInterrupt):
    """The process was told to end, as by ``timeout`` or by whatever runs a job."""


def end_in_order_when_told() -> None:
    """From here on being told to end (SIGTERM) is like Ctrl-C: nothing is left half-written, no process stays behind."""
    signal.signal(signal.SIGTERM, _terminated)


def _terminated(*_: object) -> None:
    raise Terminated


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


def help_until(stop: Event) -> None:
    """From here on this process helps the one that started it, until that one sets ``stop``, or ends.

    Ctrl-C it leaves to that one: a terminal sends it to all, and who ends while it hands over a result is waited for without end.
    """
    global _stop  # noqa: PLW0603 - of the process, as what is done with its signals
    _stop = stop
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if _CAN_WAIT:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT, signal.SIGTERM})
    threading.Thread(target=_end_with_who_started, daemon=True).start()


def is_stopped() -> bool:
    """Whether nobody waits any more for what this process does to help."""
    return _stop is not None and _stop.is_set()


def _end_with_who_started() -> None:
    from multiprocessing import parent_process

    starter = parent_process()
    if starter is not None:
        starter.join()
        os._exit(1)
