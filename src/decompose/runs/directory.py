"""The run directory: what `decompose analyze` leaves behind, moved into place whole.

The new content is staged in a folder beside the target and takes its place by renaming. A target that cannot be renamed
(the current folder, a mount point, a parent that is not writable) is filled file by file instead, and every file is put
back if that is interrupted.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from decompose.errors import OutputError, RunError
from decompose.runs.encoding import begins_like_an_analysis, decode_analysis, encode_analysis
from decompose.runs.files import current_umask, reason

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from decompose.runs.analysis import Analysis

ANALYSIS_FILE = "analysis.json"


def load_run(path: Path) -> Analysis:
    """Read the analysis of the run directory ``path``; its ``analysis.json`` itself is also accepted.

    Raises `RunError` with what to do about it.
    """
    file = path / ANALYSIS_FILE if path.is_dir() else path
    if not path.exists():
        raise RunError(f"There is no run directory {path}.\nMake one with `decompose analyze PATH -o {path}`.")
    try:
        content = file.read_bytes()
    except FileNotFoundError as error:
        raise RunError(
            f"{path} is not a run directory: it has no {ANALYSIS_FILE}.\n"
            f"Give the folder that `decompose analyze` wrote (by default reports/NAME)."
        ) from error
    except OSError as error:
        raise RunError(f"Cannot read {file}: {reason(error)}.") from error
    return decode_analysis(content, where=str(file))


def check_target(target: Path) -> None:
    """Make sure that a run can be written to ``target``, without leaving a trace. Raises `OutputError`."""
    target = _resolved(target)
    if target.is_dir():
        _refuse_foreign_folder(target)
        if not _can_write_in(target):
            raise OutputError(f"The output folder {target} is not writable. Choose another one with -o.")
        return
    if target.exists():
        raise OutputError(f"{target} is a file; the output has to be a folder. Choose another one with -o.")
    ancestor = next(folder for folder in target.parents if folder.exists())
    if not ancestor.is_dir():
        raise OutputError(f"{target} cannot be created: {ancestor} is a file. Choose another folder with -o.")
    if not _can_write_in(ancestor):
        raise OutputError(f"{target} cannot be created: {ancestor} is not writable. Choose another folder with -o.")


def save_run(target: Path, analysis: Analysis, files: Mapping[str, bytes]) -> None:
    """Write ``analysis`` and the rendered ``files`` (name -> content) as the run directory ``target``.

    What was there stays as it was until everything is written, also after Ctrl-C; other people's files in an older run
    directory are kept. Raises `OutputError`, and refuses a folder that holds something else than a run.
    """
    check_target(target)
    target = _resolved(target)
    content = {ANALYSIS_FILE: encode_analysis(analysis), **files}
    try:
        made = _make_parents(target)
        try:
            _write(target, content)
        except BaseException:
            for folder in made:
                with contextlib.suppress(OSError):
                    folder.rmdir()
            raise
    except OSError as error:
        raise OutputError(f"Cannot write the run directory {target}: {reason(error)}.") from error


def _write(target: Path, content: Mapping[str, bytes]) -> None:
    if _must_stay(target):
        with _staging(target) as staged:
            _fill(staged, content)
            _replace_files(target, staged, content)
        return
    with _staging(target.parent, name=target.name) as staged:
        new = staged / "new"
        new.mkdir()
        new.chmod(0o777 & ~current_umask())
        _fill(new, content)
        _swap(target, new, aside=staged / "previous", written=set(content))


def _swap(target: Path, new: Path, *, aside: Path, written: set[str]) -> None:
    """Put ``new`` in the place of ``target``; on any failure the old folder is back in its place."""
    if not target.exists():
        new.rename(target)
        return
    moved: list[str] = []
    try:
        target.rename(aside)
        for entry in sorted(aside.iterdir()):
            if entry.name not in written:
                entry.rename(new / entry.name)
                moved.append(entry.name)
        new.rename(target)
    except BaseException:
        if aside.exists() and not target.exists():
            for name in moved:
                (new / name).rename(aside / name)
            aside.rename(target)
        raise


def _replace_files(target: Path, staged: Path, content: Mapping[str, bytes]) -> None:
    """Move each staged file into ``target``; on any failure every old file is back in its place."""
    aside = staged / "previous"
    aside.mkdir()
    done: list[str] = []
    try:
        for name in content:
            done.append(name)
            if (target / name).exists():
                (target / name).rename(aside / name)
            (staged / name).rename(target / name)
    except BaseException:
        for name in done:
            if (aside / name).exists():
                (aside / name).replace(target / name)
            elif not (staged / name).exists():
                (target / name).unlink(missing_ok=True)
        raise


def _fill(folder: Path, content: Mapping[str, bytes]) -> None:
    for name, data in content.items():
        (folder / name).write_bytes(data)


@contextlib.contextmanager
def _staging(parent: Path, *, name: str = "") -> Iterator[Path]:
    """A folder in ``parent`` that is gone afterwards, whatever happens."""
    folder = Path(tempfile.mkdtemp(prefix=f".{name[:100]}.", suffix=".tmp", dir=parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _make_parents(target: Path) -> list[Path]:
    """Create the folders above ``target``; the ones that were made, innermost first."""
    missing = [folder for folder in target.parents if not folder.exists()]
    target.parent.mkdir(parents=True, exist_ok=True)
    return missing


def _must_stay(target: Path) -> bool:
    """Whether ``target`` exists and cannot, or should not, be replaced by another folder."""
    if not target.exists():
        return False
    return target == Path.cwd() or target.is_mount() or not os.access(target.parent, os.W_OK | os.X_OK)


def _refuse_foreign_folder(target: Path) -> None:
    try:
        if not any(target.iterdir()):
            return
        with (target / ANALYSIS_FILE).open("rb") as file:
            if begins_like_an_analysis(file.read(64)):
                return
    except FileNotFoundError:
        pass
    except OSError as error:
        raise OutputError(f"Cannot look into the output folder {target}: {reason(error)}.") from error
    raise OutputError(
        f"{target} holds files, but no run of decompose; nothing in it was touched.\n"
        "Choose an empty or a new folder with -o."
    )


def _can_write_in(folder: Path) -> bool:
    """Try it: permissions alone do not tell (read-only file systems, quotas, the superuser)."""
    try:
        Path(tempfile.mkdtemp(prefix=".decompose.", suffix=".tmp", dir=folder)).rmdir()
    except OSError:
        return False
    return True


def _resolved(target: Path) -> Path:
    """The folder itself, not a link to it: a link keeps pointing where its owner put it."""
    try:
        return target.resolve()
    except (OSError, RuntimeError) as error:
        raise OutputError(f"The output folder {target} cannot be used: {error}. Choose another one with -o.") from error
