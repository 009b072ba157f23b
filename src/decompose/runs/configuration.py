"""``[tool.decompose]`` in the target's pyproject.toml, or ``decompose.toml``: read as data, every error at once."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import msgspec

from decompose.errors import ConfigurationError
from decompose.sources.ignore_files import ignore_patterns
from decompose.sources.reading import read_file


class Configuration(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the target's owners settled. ``services`` is a number, or ``"MIN-MAX"``."""

    exclude: tuple[str, ...] = ()
    roots: tuple[str, ...] = ()
    services: int | str | None = None
    weights: dict[str, float] = {}
    together: tuple[str | tuple[str, ...], ...] = ()
    apart: tuple[str | tuple[str, ...], ...] = ()
    service: dict[str, tuple[str, ...]] = {}
    shared: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    owner: dict[str, str] = {}
    max_size: int | None = None
    min_lines: int | None = None
    min_tables: int | None = None
    effort: dict[str, str | tuple[float, float]] = {}
    """``unit`` names what effort is counted in; every other key is a kind of work with low and high for one item."""


_EXAMPLES = {
    "exclude": 'exclude = ["legacy/*"]',
    "roots": 'roots = ["src"]',
    "services": 'services = 5, or "4-8"',
    "weights": "weights.calls = 2.0",
    "together": 'together = [["shop.orders:*", "shop.returns:*"]]',
    "apart": 'apart = [["shop.orders:*", "shop.catalogue:*"]]',
    "service": 'service.orders = ["shop.orders:*", "table:orders"]',
    "shared": 'shared = ["shop.text:*"]',
    "ignore": 'ignore = ["shop.legacy:*"]',
    "owner": 'owner.orders = "billing"',
    "max_size": "max_size = 500",
    "min_lines": "min_lines = 2000",
    "min_tables": "min_tables = 4",
    "effort": 'effort.unit = "days", effort.units = [0.1, 0.5]',
}
"""How each key is given, for who has given it otherwise."""

MAX_WEIGHT = 1000.0
MAX_EFFORT = 1e6


def read_configuration(base: Path, layers: Callable[[], frozenset[str]]) -> Configuration:
    """The configuration of the application in ``base``; ``layers`` tells the names that weights may have.

    Raises `ConfigurationError` with all problems, each with its file and key.
    """
    problems: list[str] = []
    found = [
        (file, content)
        for file, keys in ((base / "decompose.toml", ()), (base / "pyproject.toml", ("tool", "decompose")))
        if (content := _table(file, keys, problems))
    ]
    if len(found) > 1:
        problems.append(
            f"{found[0][0]} and [tool.decompose] in {found[1][0]} both configure this application; keep one."
        )
    configuration = Configuration()
    for file, content in found[:1]:
        configuration = _validated(file, content, layers, problems)
    if problems:
        raise ConfigurationError("\n".join(problems))
    return configuration


def _table(file: Path, keys: tuple[str, ...], problems: list[str]) -> dict[str, Any]:
    """The table at ``keys`` of a TOML file; empty when it is not there."""
    try:
        data = read_file(file)
    except (FileNotFoundError, IsADirectoryError):
        return {}
    except OSError as problem:
        problems.append(f"{file}: cannot be read ({problem.strerror or problem}).")
        return {}
    if b"decompose" not in data and keys:
        return {}  # another tool's business, even if it is broken
    content: Any = {}
    try:
        content = tomllib.loads(data.decode())
    except (ValueError, RecursionError) as problem:
        problems.append(f"{file}: is not valid TOML: {problem}.")
    for depth, key in enumerate(keys, 1):
        content = content.get(key, {})
        if not isinstance(content, dict):
            problems.append(f"{file}: {'.'.join(keys[:depth])}: must be a table, as in [{'.'.join(keys)}].")
            return {}
    return dict(content)


def _validated(
    file: Path, content: dict[str, Any], layers: Callable[[], frozenset[str]], problems: list[str]
) -> Configuration:
    known = {field.name: field for field in msgspec.structs.fields(Configuration)}
    kept: dict[str, Any] = {}
    for key, value in content.items():
        if key not in known:
            near = difflib.get_close_matches(key, sorted(known), n=1)
            hint = f"Did you mean: {near[0]}?" if near else f"Known: {', '.join(known)}."
            if key == "tool" and isinstance(value, dict) and "decompose" in value:
                hint = "[tool.decompose] is for pyproject.toml; in this file the keys stand by themselves."
            problems.append(f"{file}: {key}: no such key. {hint}")
        else:
            try:
                kept[key] = msgspec.convert(value, known[key].type)
            except msgspec.ValidationError:
                fitting, misfits = _told_apart(key, value, known[key].type)
                problems += [f"{file}: {misfit}: must be as in {_EXAMPLES[key]}." for misfit in misfits]
                if fitting:
                    kept[key] = fitting
    weights = kept.get("weights", {})
    known_layers = layers() if weights else frozenset()
    for layer, weight in weights.items():
        if layer not in known_layers:
            problems.append(f"{file}: weights.{layer}: no such layer. Known: {', '.join(sorted(known_layers))}.")
        elif not 0 <= weight <= MAX_WEIGHT:
            problems.append(f"{file}: weights.{layer}: {weight} is not between 0 and {MAX_WEIGHT:g}.")
    if kept.get("max_size") is not None and kept["max_size"] < 1:
        problems.append(f"{file}: max_size: {kept['max_size']} is no size; a service has at least one unit.")
    problems += [
        f"{file}: {key}: {kept[key]} is less than nothing; 0 lets the smallest application be split."
        for key in ("min_lines", "min_tables")
        if (kept.get(key) or 0) < 0
    ]
    if kept.get("effort"):
        _check_effort(file, kept["effort"], problems)
    for key, check in (("exclude", check_patterns), ("services", service_range)):
        try:
            if key in kept:
                check(kept[key])
        except ConfigurationError as problem:
            problems.append(f"{file}: {key}: {problem}")
    return Configuration(**kept) if not problems else Configuration()


def _told_apart(key: str, value: object, wanted: Any) -> tuple[dict[str, Any], list[str]]:
    """Of a table the entries that are as they are to be, whose names are looked at then, and the keys of the others; else the key itself."""
    fitting: dict[str, Any] = {}
    misfits = []
    for name, entry in value.items() if isinstance(value, dict) else ():
        try:
            fitting |= msgspec.convert({name: entry}, wanted)
        except msgspec.ValidationError:
            misfits.append(f"{key}.{name}")
    return fitting, misfits or [key]


def _check_effort(file: Path, effort: dict[str, str | tuple[float, float]], problems: list[str]) -> None:
    from decompose.plan.effort import DEFAULT_RANGES

    for kind, value in effort.items():
        if kind == "unit":
            if not isinstance(value, str) or not value.strip():
                problems.append(f"{file}: effort.unit: must be a word, such as points or days.")
        elif kind not in DEFAULT_RANGES:
            problems.append(f"{file}: effort.{kind}: no such kind of work. Known: unit, {', '.join(DEFAULT_RANGES)}.")
        elif isinstance(value, str) or not 0 <= value[0] <= value[1] <= MAX_EFFORT:
            problems.append(f"{file}: effort.{kind}: must be [LOW, HIGH] with 0 ≤ LOW ≤ HIGH ≤ {MAX_EFFORT:g}.")


def check_patterns(patterns: Iterable[str]) -> None:
    """Raise `ConfigurationError` for what is no pattern as in ``.gitignore``."""
    for pattern in patterns:
        try:
            ignore_patterns([pattern])
        except ValueError as problem:
            raise ConfigurationError(f"{pattern!r} is no pattern as in .gitignore.") from problem


def service_range(text: int | str | None) -> tuple[int, int] | None:
    """``5`` or ``"4-8"`` as a range; raises `ConfigurationError`."""
    if text is None:
        return None
    first, _, last = str(text).partition("-")
    try:
        least, most = int(first), int(last or first)
    except ValueError as problem:
        raise ConfigurationError(f"{text!r} is neither a number nor MIN-MAX, such as 5 or 4-8.") from problem
    if not 1 <= least <= most:
        raise ConfigurationError(f"{text!r} is no range: it needs 1 ≤ MIN ≤ MAX.")
    return least, most
