"""``decompose.toml`` or ``[tool.decompose]`` of the analysed folder: read, checked, never executed.

Every mistake is reported at once, each with its file and key.
"""

from __future__ import annotations

import difflib
import tomllib
from typing import TYPE_CHECKING, Any

from decompose.errors import ConfigurationError
from decompose.runs.options import RunOptions, parse_services

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_Values = dict[str, Any]
"""What TOML allows at a key is anything; the readers below check it."""


def read_configuration(folder: Path) -> RunOptions:
    """The options that ``folder`` configures; empty ones where it configures nothing. Raises `ConfigurationError`."""
    found: list[tuple[str, _Values]] = []
    own = folder / "decompose.toml"
    if own.is_file():
        found.append((own.name, _read_toml(own)))
    project = folder / "pyproject.toml"
    if project.is_file():
        tool = _read_toml(project, only_if_it_mentions=b"decompose").get("tool", {})
        if isinstance(tool, dict) and "decompose" in tool:
            found.append((f"{project.name} [tool.decompose]", tool["decompose"]))
    if len(found) > 1:
        raise ConfigurationError(
            f"{folder} is configured twice, in {found[0][0]} and in {found[1][0]}. Keep one of them."
        )
    return _options(folder, *found[0]) if found else RunOptions()


def _options(folder: Path, where: str, values: object) -> RunOptions:
    if not isinstance(values, dict):
        raise ConfigurationError(f"{folder / where}: has to be a table of keys, not {_type_name(values)}.")
    readers: dict[str, Callable[[Any], Any]] = {
        "roots": lambda value: _folders(folder, value),
        "exclude": _strings,
        "services": _services,
        "output": lambda value: str(folder / _string(value)),
    }
    options: dict[str, Any] = {}
    mistakes: list[str] = []
    for key, value in values.items():
        if key not in readers:
            likely = difflib.get_close_matches(str(key), readers, n=1)
            hint = f"did you mean `{likely[0]}`?" if likely else f"known keys are {', '.join(readers)}"
            mistakes.append(f"{where}: {key}: unknown key; {hint}")
            continue
        try:
            options[key] = readers[key](value)
        except ValueError as error:
            mistakes.append(f"{where}: {key}: {error}")
    if mistakes:
        raise ConfigurationError(
            f"The configuration of {folder} has {len(mistakes)} "
            f"{'mistake' if len(mistakes) == 1 else 'mistakes'}:\n" + "\n".join(f"  {text}" for text in mistakes)
        )
    return RunOptions(**options)


def _read_toml(file: Path, *, only_if_it_mentions: bytes = b"") -> _Values:
    try:
        content = file.read_bytes()
        # A broken pyproject.toml that says nothing about us is none of our business.
        return tomllib.loads(content.decode("utf-8-sig")) if only_if_it_mentions in content else {}
    except OSError as error:
        raise ConfigurationError(f"Cannot read {file}: {error.strerror}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ConfigurationError(f"{file} is not valid TOML: {error}.") from error


def _string(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError(f"has to be a text, not {_type_name(value)}")
    return value


def _strings(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise ValueError(f'has to be a list of texts such as ["a", "b"], not {_type_name(value)}')
    wrong = [item for item in value if not isinstance(item, str) or not item]
    if wrong:
        raise ValueError(f"has to hold texts only, but holds {wrong[0]!r}")
    return tuple(value)


def _folders(folder: Path, value: object) -> tuple[str, ...]:
    paths = _strings(value)
    missing = [path for path in paths if not (folder / path).is_dir()]
    if missing:
        raise ValueError(f"there is no folder {', '.join(missing)} in {folder}")
    return paths


def _services(value: object) -> tuple[int, int]:
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise ValueError(f'has to be a number such as 5 or a range such as "4-8", not {_type_name(value)}')
    return parse_services(str(value))


def _type_name(value: object) -> str:
    names = {bool: "a truth value", int: "a number", float: "a number", str: "a text", list: "a list", dict: "a table"}
    if value == "":
        return "an empty text"
    return names.get(type(value), "a date or time")
