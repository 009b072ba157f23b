"""``[tool.decompose]`` in the target's pyproject.toml, or ``decompose.toml``: read as data, every error at once."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import msgspec

from decompose.errors import ConfigurationError


class Configuration(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the target's owners settled. ``services`` is a number, or ``"MIN-MAX"``."""

    exclude: tuple[str, ...] = ()
    roots: tuple[str, ...] = ()
    services: int | str | None = None
    weights: dict[str, float] = {}


def read_configuration(base: Path, layers: frozenset[str]) -> Configuration:
    """The configuration of the application in ``base``; ``layers`` are the names that weights may have.

    Raises `ConfigurationError` with all problems, each with its file and key.
    """
    problems: list[str] = []
    found: list[tuple[Path, dict[str, Any]]] = []
    for file, keys in ((base / "decompose.toml", ()), (base / "pyproject.toml", ("tool", "decompose"))):
        content = _read(file, problems)
        for key in keys:
            content = content.get(key, {}) if isinstance(content, dict) else {}
        if content:
            found.append((file, content))
    if len(found) > 1:
        problems.append(f"{found[0][0]} and [tool.decompose] in {found[1][0]} both configure this application; keep one.")
    configuration = Configuration()
    for file, content in found[:1]:
        configuration = _validated(file, content, layers, problems)
    if problems:
        raise ConfigurationError("\n".join(problems))
    return configuration


def _read(file: Path, problems: list[str]) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as problem:
        if file.name == "decompose.toml":
            problems.append(f"{file}: cannot be read: {problem}")
        return {}


def _validated(file: Path, content: dict[str, Any], layers: frozenset[str], problems: list[str]) -> Configuration:
    known = {field.name: field for field in msgspec.structs.fields(Configuration)}
    kept = {}
    for key, value in content.items():
        if key not in known:
            problems.append(f"{file}: {key}: no such key. Known: {', '.join(known)}.")
            continue
        try:
            kept[key] = msgspec.convert(value, known[key].type)
        except msgspec.ValidationError as problem:
            problems.append(f"{file}: {key}: {problem}.")
    for layer, weight in kept.get("weights", {}).items():
        if layer not in layers:
            problems.append(f"{file}: weights.{layer}: no such layer. Known: {', '.join(sorted(layers))}.")
        elif weight < 0:
            problems.append(f"{file}: weights.{layer}: must not be negative.")
    try:
        service_range(kept.get("services"))
    except ConfigurationError as problem:
        problems.append(f"{file}: services: {problem}")
    return Configuration(**kept) if not problems else Configuration()


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
