"""Code inside the database that statements set off: functions and procedures that they call, triggers of the tables that they write."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from decompose.system.model import Routine

_QUOTED = re.compile(r"'(?:[^']++|'')*+'|--[^\n]*|/\*.*?(?:\*/|\Z)", re.DOTALL)
_CALL = re.compile(r"(?:\b(\w+)\s+)?((?<![\w.])[\"`]?\w+[\"`]?(?:\.[\"`]?\w+[\"`]?)?)\s*\(", re.ASCII)
_NO_CALL = frozenset({"into", "table", "with", "recursive", "index", "references", "key", "as", "view", "unique"})
_KEYWORDS = frozenset(
    """all and any array as between by case cast check coalesce count default distinct else end except exists extract filter from
    greatest group having if in index int integer intersect into is join key lateral least like limit loop max min not null nullif
    numeric on or order over partition primary references returning returns row select set sum table then union unique update
    using values varchar when where while with decimal char""".split()
)
_DEFINES = re.compile(r"\s*(?:CREATE|ALTER|DROP|GRANT|REVOKE|COMMENT)\b", re.IGNORECASE)
_WHOLE_CALL = re.compile(
    r"\s*(?:SELECT\s+(?:\*\s+FROM\s+)?|CALL\s+)((?:[\"`]?\w+[\"`]?\.)?[\"`]?\w+[\"`]?)\s*\(", re.IGNORECASE
)
_OWN = re.compile(
    r"""(?:pg_catalog|information_schema|sys|dbms_\w+|extensions)\.\w+ | (?:\w+\.)?
    (?:(?:pg|jsonb?|regexp|array|string|ts|st|lo|txid|has|inet|uuid|sqlite|gen|generate|to|row|hll|binary|time|brin|gin|dblink
        |create_hypertable|add|crypt|postgis|cron|xml|xpath|query|obj|col|set|current|session|last|load|make|date|str|group|is
        |percentile|mode|bit|bool|var|stddev|corr|regr|covar|approx|any|arg|first|nth|dense|cume|ntile)(?:_\w+|\d*)
      | nextval|currval|lastval|setval|setseed|version|unnest|clock_timestamp|timeofday|changes|total_changes|sleep|get_lock
      | release_(?:all_)?locks?|database|schema|user|connection_id|found_rows|statement_timestamp|transaction_timestamp|similarity
      | hex|quote|typeof|unicode|zeroblob|randomblob|likely|printf|ifnull|iif|julianday|unixepoch|instr|glob|digest|hmac|unaccent
      | benchmark|inet6?_\w+|elt|field|find_in_set|isnull|rand|now|sha[12]|md5|crc32|compress|benchmark|ulid|newid|abs|ltrim|rtrim
      | cardinality|num_nulls|num_nonnulls|octet_length|position|translate|word_similarity|levenshtein|soundex|metaphone|cube|earth
      | ll_to_earth|show_trgm|age|txid|strip|numnode|host|masklen|netmask|network|broadcast|family|scale|factorial|pi|radians)
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""Functions that databases and their usual extensions have of their own."""


@lru_cache(maxsize=8192)
def names_called(text: str) -> tuple[str, ...]:
    """The names, in lower case, that stand in a text like functions that are called."""
    found = {
        name.replace('"', "").replace("`", "").lower()
        for before, name in _CALL.findall(_QUOTED.sub("''", text))
        if before.lower() not in _NO_CALL
    }
    return tuple(sorted(found - _KEYWORDS))


def unknown_function(text: str) -> str:
    """The function that a statement consists of, if it is none that databases have of their own; empty for any other statement."""
    found = _WHOLE_CALL.match(text)
    if found is None or found[1].lower() in _KEYWORDS or _OWN.fullmatch(found[1].replace('"', "").replace("`", "")):
        return ""
    return found[1] if "." in found[1] or _is_unknown_to_parser(found[1]) else ""


def _is_unknown_to_parser(name: str) -> bool:
    from sqlglot import exp
    from sqlglot.dialects import MySQL, Postgres, SQLite

    known = (exp.FUNCTION_BY_NAME, *(dialect.Parser.FUNCTIONS for dialect in (Postgres, MySQL, SQLite)))
    return all(name.upper() not in names for names in known)


def _of_columns(trigger: Routine) -> bool:
    return "UPDATE OF" in trigger.event


class Routines:
    """The routines of a schema by what sets them off."""

    def __init__(self, routines: Iterable[Routine]) -> None:
        self._by_name: dict[str, Routine] = {}
        self._triggers: dict[str, list[Routine]] = {}
        for routine in routines:
            if routine.kind == "trigger":
                self._triggers.setdefault(routine.table.lower(), []).append(routine)
            else:
                self._by_name.setdefault(routine.name.lower(), routine)

    def named(self, name: str) -> Routine | None:
        """The function or procedure of a name, with or without its schema."""
        name = name.lower()
        found = self._by_name.get(name)
        return found if found is not None else self._by_name.get(name.rpartition(".")[2])

    def called(self, text: str) -> list[Routine]:
        """The functions and procedures that a statement calls."""
        if not self._by_name or _DEFINES.match(text):
            return []
        found = (self.named(name) for name in names_called(text))
        return list(dict.fromkeys(routine for routine in found if routine is not None))

    def fired(self, table: str, operation: str) -> Iterator[Routine]:
        """The triggers that a write of a table fires, those first that any such write does."""
        for trigger in sorted(self._triggers.get(table.lower(), ()), key=_of_columns):
            if operation.upper() in trigger.event.split():
                yield trigger

    def all_of(self, routine: Routine) -> list[Routine]:
        """A routine and those that it calls, each once."""
        found = {routine.kind + routine.name: routine}
        waiting = [routine]
        while waiting:
            current = waiting.pop()
            for name in (*((current.calls,) if current.calls else ()), *current.runs):
                further = self.named(name)
                if further is not None and further.kind + further.name not in found:
                    found[further.kind + further.name] = further
                    waiting.append(further)
        return list(found.values())

    def __bool__(self) -> bool:
        return bool(self._by_name or self._triggers)
