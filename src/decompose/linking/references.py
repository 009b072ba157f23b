"""Classes that code names by a string: ``"orders.Order"``, ``"Order"``, ``"shop.models.Order"``, ``"self"``."""

from __future__ import annotations

from typing import Any

from decompose.facts import Op, ScopeKind
from decompose.linking.program import Program, Scope

_SETTING = "settings."


class References:
    """Finds classes by the names that frameworks accept."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self._by_name: dict[str, list[Scope]] = {}
        self._by_lower_name: dict[str, list[Scope]] = {}
        for cls in program.classes():
            if not cls.library:
                self._by_name.setdefault(cls.facts.name, []).append(cls)
                self._by_lower_name.setdefault(cls.facts.name.lower(), []).append(cls)
        self._settings: dict[str, str] | None = None
        self.known: dict[str, Scope] = {}
        """Classes of libraries that have a name everywhere, and settings that mean one where they are not set."""
        self.labels: dict[str, str] = {}
        """Short names that code gives packages, both in lower case."""

    def find(self, text: str, scope: Scope) -> list[Scope]:
        """The classes that ``text``, written in ``scope``, most likely names: the nearest ones."""
        if text in ("self", "this"):
            holder: Scope | None = scope
            while holder is not None and holder.facts.kind != ScopeKind.CLASS:
                holder = holder.parent
            return [holder] if holder is not None else []
        label, _, name = text.rpartition(".")
        candidates = self._by_name.get(name, [])
        if label and not candidates and name.islower():
            candidates = self._by_lower_name.get(name, [])  # as Django's registry finds models
        words = label.lower().split(".")
        if text in self.known and not any(self._is_in(cls, words) for cls in candidates):
            return [self.known[text]]
        if len(candidates) <= 1:
            return list(candidates)
        if label:
            exact = [cls for cls in candidates if self._is_in(cls, words)]
        else:
            exact = [cls for cls in candidates if cls.module is scope.module]
        ranked = exact or candidates
        nearest = max(shared_packages(cls.module.name, scope.module.name) for cls in ranked)
        kept = [cls for cls in ranked if shared_packages(cls.module.name, scope.module.name) == nearest]
        concrete = [cls for cls in kept if not _is_abstract(cls)]
        return (concrete or kept)[:1] if not label else concrete or kept

    def has_label(self, cls: Scope, label: str) -> bool:
        """Whether a class is in the package that a label stands for."""
        package = self.labels.get(label)
        return package is not None and f"{cls.module.name.lower()}.".startswith(f"{package}.")

    def _is_in(self, cls: Scope, words: list[str]) -> bool:
        parts = cls.module.name.lower().split(".")
        named = any(parts[i : i + len(words)] == words for i in range(len(parts) - len(words) + 1))
        return named or (len(words) == 1 and self.has_label(cls, words[0]))

    def find_external(self, description: tuple[Any, ...]) -> list[Scope]:
        """The class that a setting names, for a value such as ``settings.AUTH_USER_MODEL``."""
        name = description[2]
        if not name.startswith(_SETTING):
            return []
        setting = name.removeprefix(_SETTING)
        text = self.settings().get(setting)
        if text is None and setting in self.known:
            return [self.known[setting]]
        return self.find(text, self.program.modules[0].top) if text else []

    def settings(self) -> dict[str, str]:
        """String constants in capitals of modules that look like settings; of what the environment says, what it is without."""
        if self._settings is None:
            self._settings = {}
            for module in self.program.modules:
                if module.library or ("settings" not in module.name and "config" not in module.name):
                    continue
                for name, ref in module.top.facts.names.items():
                    text = ref if isinstance(ref, str) else _usual(module.top, ref) if name.isupper() else None
                    if name.isupper() and text is not None:
                        self._settings.setdefault(name, text)
        return self._settings


def _usual(scope: Scope, ref: Any) -> str | None:
    """``os.getenv("NAME", "usual")``, ``env("NAME", default="usual")`` and the like."""
    for operation in scope.operations_producing(ref):
        if operation[0] == Op.CALL and operation[3] and isinstance(operation[3][0], str) and operation[3][0].isupper():
            given = [*operation[3][1:], *(value for name, value in operation[4] if name == "default")]
            if len(given) == 1 and isinstance(given[0], str):
                return given[0]
    return None


def shared_packages(first: str, second: str) -> int:
    """How many parts the dotted names of two modules have in common, from the first on: how near they are to each other."""
    count = 0
    for a, b in zip(first.split("."), second.split("."), strict=False):
        if a != b:
            break
        count += 1
    return count


def _is_abstract(cls: Scope) -> bool:
    return cls.facts.name.startswith("Abstract")
