"""Reading a file of a stranger's folder: it may be a pipe, a device without end, or have grown since it was found."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from pathlib import Path

MAX_FILE_BYTES = 5_000_000
"""What is larger is taken for data."""


def read_file(path: str | Path, limit: int = MAX_FILE_BYTES) -> bytes:
    """The bytes of a regular file; raises `OSError` where there is none, and where it has more than ``limit`` bytes."""
    content = read_beginning(path, limit + 1)
    if len(content) > limit:
        raise OSError(errno.EFBIG, f"has more than {limit / 1e6:.0f} MB", str(path))
    return content


def read_beginning(path: str | Path, count: int) -> bytes:
    """The first bytes of a regular file, at most ``count``; raises `OSError` where there is none."""
    # Without O_NONBLOCK opening a pipe waits for somebody who writes to it.
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    try:
        status = os.fstat(descriptor)
        if stat.S_ISDIR(status.st_mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
        if not stat.S_ISREG(status.st_mode):
            raise OSError(errno.EINVAL, "is not a regular file", str(path))
        with open(descriptor, "rb", closefd=False) as file:
            return file.read(min(count, status.st_size + 1))
    finally:
        os.close(descriptor)


def read_lenient_text(path: str | Path, limit: int = MAX_FILE_BYTES) -> str:
    """The text of a regular file, whatever is not UTF-8 replaced; raises `OSError` as `read_file`."""
    return read_file(path, limit).decode("utf-8", errors="replace")


def digest_of(content: bytes) -> str:
    """By what a file is known whose content is this: BLAKE2b-128."""
    return hashlib.blake2b(content, digest_size=16).hexdigest()
