"""A run is kept for the next time while it is still being finished: compressing its document lets others work."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from decompose.runs.memory import Memo, packed, remember


class Keeping:
    """One run that is to be kept in the cache folder, if there is one."""

    def __init__(self, folder: Path | None, key: str) -> None:
        self._folder = folder
        self._key = key
        self._executor = ThreadPoolExecutor(1)
        self._packed: Future[bytes] | None = None

    def begin(self, document: bytes) -> None:
        """Have the document compressed beside whatever comes next."""
        if self._folder is not None:
            self._packed = self._executor.submit(packed, document)

    def keep(self, memo: Memo) -> None:
        """Keep the run whose document was begun with."""
        if self._packed is not None:
            remember(self._folder, self._key, self._packed.result(), memo)
        self.give_up()

    def give_up(self) -> None:
        """Keep nothing, or nothing more."""
        self._executor.shutdown()  # as long as there are threads, nobody forks
