"""Files that appear whole or not at all."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

from decompose.errors import OutputError


def write_whole(path: Path, content: bytes) -> None:
    """Write ``content`` to ``path`` in one move; what was there stays until then. Raises `OutputError`."""
    if path.is_dir():
        raise OutputError(f"{path} is a folder. Give the name of a file to write.")
    if path.exists() and not path.is_file():
        # A pipe or a device cannot be replaced, only written to.
        try:
            path.write_bytes(content)
        except OSError as error:
            raise OutputError(f"Cannot write {path}: {reason(error)}.") from error
        return
    target = path.resolve()
    try:
        handle, name = tempfile.mkstemp(prefix=f".{target.name[:100]}.", suffix=".tmp", dir=target.parent)
    except OSError as error:
        raise OutputError(f"Cannot write {path}: {reason(error)}. Choose another place with -o.") from error
    staged = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        staged.chmod(0o666 & ~current_umask())
        staged.replace(target)
    except OSError as error:
        raise OutputError(f"Cannot write {path}: {reason(error)}.") from error
    finally:
        with contextlib.suppress(OSError):
            staged.unlink()


def current_umask() -> int:
    """The permissions that new files of this process do not get."""
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


def reason(error: OSError) -> str:
    """The system's words for ``error`` without its number and file name."""
    return error.strerror or str(error) or type(error).__name__
