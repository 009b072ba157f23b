"""The pins of a configuration, each with the line where it stands."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path

from decompose.boundaries.pins import Pin, Pins
from decompose.errors import ConfigurationError
from decompose.runs.configuration import Configuration
from decompose.sources.reading import read_lenient_text


def pins_of(base: Path, configuration: Configuration) -> Pins:
    """What is pinned; raises `ConfigurationError` for names that no service can have."""
    lines = _Lines(base)
    services: dict[str, list[Pin]] = {}
    for name, patterns in configuration.service.items():
        if not name.strip() or name == "shared":
            raise ConfigurationError(
                f"{lines.where('service', name)}: service.{name}: a service cannot be called so. "
                "For the shared library, use: shared = [...]"
            )
        services[name] = [Pin(pattern, lines.where(name, pattern)) for pattern in patterns]
    for table, name in configuration.owner.items():
        pinned = table if table.startswith("table:") else f"table:{table}"
        services.setdefault(name, []).append(Pin(pinned, lines.where("owner", table)))
    return Pins(
        together=_groups("together", configuration.together, lines),
        apart=_groups("apart", configuration.apart, lines),
        services=tuple((name, tuple(pins)) for name, pins in sorted(services.items())),
        shared=tuple(Pin(pattern, lines.where("shared", pattern)) for pattern in configuration.shared),
        ignored=tuple(Pin(pattern, lines.where("ignore", pattern)) for pattern in configuration.ignore),
        max_size=configuration.max_size,
    )


def _groups(key: str, groups: Iterable[str | tuple[str, ...]], lines: _Lines) -> tuple[tuple[Pin, ...], ...]:
    """One list of patterns is one group."""
    listed = tuple(groups)
    if listed and all(isinstance(group, str) for group in listed):
        listed = (tuple(str(group) for group in listed),)
    wrapped = [(group,) if isinstance(group, str) else group for group in listed]
    return tuple(tuple(Pin(pattern, lines.where(key, pattern)) for pattern in group) for group in wrapped)


class _Lines:
    """Finds where in the configuration something stands: at or below its key, as TOML's own reader does not tell."""

    def __init__(self, base: Path) -> None:
        own = base / "decompose.toml"
        self._file = own if own.is_file() else base / "pyproject.toml"
        try:
            self._lines = read_lenient_text(self._file).splitlines()
        except OSError:
            self._lines = []

    def where(self, key: str, text: str) -> str:
        """``FILE:LINE`` of ``text`` at or below ``key``, of the key, or the file alone."""
        starts = re.compile(rf"(^|[\s.\[\"']){re.escape(key)}[\"'\]]?\s*(=|\]|\.|$)")
        quoted = json.dumps(text, ensure_ascii=False)[1:-1]
        first = next((number for number, line in enumerate(self._lines) if starts.search(line)), None)
        if first is None:
            return str(self._file)
        found = (n for n in range(first, len(self._lines)) if quoted in self._lines[n] or text in self._lines[n])
        return f"{self._file}:{next(found, first) + 1}"
