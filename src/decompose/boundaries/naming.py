"""Names for services, from the words of their own tables, entry points and code."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import chain

from decompose.boundaries.graph import TABLE, EvidenceGraph
from decompose.system.model import System
from decompose.system.words import singular, words_of

_Word = tuple[str, str]
"""The stem of a word and the word itself."""

_NEARLY_ALWAYS = 0.6
_JOINS = 2
_OWN = 2
"""A word of a table's own name counts so many times what the label of its app does."""

_WEIGHTS = {"table": 3.0, "path": 1.0, "unit": 1.0}
_NOISE = frozenset(
    """app apps api view views model models service services manager repository repositories schema schemas form forms
    serializer serializers task tasks test util utils common core base admin list detail create update delete get post
    put any html http request response error errors handler mixin config field fields route routes url urls data item
    items type types table command commands dao abstract default json set add edit new index src lib com main""".split()
)


class Vocabulary:
    """The words of a system's tables, entry points and code, looked up once for all its splits."""

    def __init__(self, graph: EvidenceGraph) -> None:
        self._words: dict[str, list[Counter[_Word]]] = {s: [Counter() for _ in graph.members] for s in _WEIGHTS}
        self._tables: list[list[tuple[str, ...]]] = [[] for _ in graph.members]
        """The words of each node's tables, in their order: of a table with a model the words of the model's name."""
        self._uses: list[Counter[int]] = [Counter() for _ in graph.members]
        """How often each node's tables are used, by the nodes of the code that does."""
        names = _names_of_tables(graph.system)
        uses: dict[str, Counter[int]] = defaultdict(Counter)
        for access in graph.system.accesses:
            user = graph.node_of(access.definition)
            if user is not None:
                uses[access.table][user] += 1
        for node, members in enumerate(graph.members):
            for member in members:
                if member.startswith(TABLE):
                    table = member.removeprefix(TABLE)
                    if table in names:
                        label, name = names[table]
                        self._uses[node] += uses[table]
                        self._tables[node].append(name)
                        for word in _telling(" ".join(name)) or [(singular(part), part) for part in name]:
                            self._words["table"][node][word] += _OWN
                        self._words["table"][node].update(_telling(label))
                else:
                    self._words["unit"][node].update(_telling(member.replace(":", " ").rpartition(".")[2]))
        for entry in graph.system.entry_points:
            handler = graph.node_of(entry.handler)
            if handler is not None:
                self._words["path"][handler].update(_telling(entry.name))

    def names_of(
        self, groups: Sequence[Sequence[int]], settled: Sequence[str] = ()
    ) -> list[tuple[str, tuple[str, ...]]]:
        """A unique name and the telling words for each group of nodes; ``settled`` names, where not empty, are kept.

        Of groups that are about the same, the one whose tables are used most has the word.
        """
        forms: Counter[_Word] = Counter()
        counts = [self._weights(nodes, forms) for nodes in groups]
        total: dict[str, float] = {}
        for words in counts:
            for word, weight in words.items():
                total[word] = total.get(word, 0.0) + weight
        surface: dict[str, str] = {}
        for stem, word in sorted(forms, key=lambda form: (-forms[form], form)):
            surface.setdefault(stem, word)
        taken = {name for name in settled if name}
        named: dict[int, tuple[str, tuple[str, ...]]] = {}
        traffic = [sum(self._own_uses(nodes).values()) for nodes in groups]
        for number in sorted(range(len(groups)), key=lambda number: (-traffic[number], number)):
            words = counts[number]
            # A telling word covers much of this group and little of the others.
            score = {word: weight * weight / total[word] for word, weight in words.items()}
            stems = sorted(score, key=lambda word: (-score[word], word))[:8]
            best = [surface[stem] for stem in stems]
            whole = [self._in_full(stem, surface[stem], groups[number]) for stem in stems]
            given = settled[number] if settled else ""
            named[number] = (given or _unique(whole, taken), tuple(best))
        return [named[number] for number in range(len(groups))]

    def _own_uses(self, nodes: Sequence[int]) -> Counter[int]:
        """How often the tables of each node are used by code of the same group."""
        inside = set(nodes)
        return Counter({node: sum(n for user, n in self._uses[node].items() if user in inside) for node in nodes})

    def _in_full(self, stem: str, word: str, nodes: Sequence[int]) -> str:
        """A word with the one that it nearly always stands with in the names of tables: ``key`` of ``ApiKey`` alone means nothing."""
        neighbours: Counter[tuple[str, str]] = Counter()
        names = 0
        for name in chain.from_iterable(self._tables[node] for node in nodes):
            stems = [singular(part) for part in name]
            if stem not in stems:
                continue
            if len(name) == 1:
                return word
            names += 1
            at = stems.index(stem)
            before, after = name[:at][-1:], name[at + 1 :][:1]
            neighbours.update({(part, word) for part in before} | {(word, part) for part in after})
        pair, count = max(neighbours.items(), key=lambda found: (found[1], found[0]), default=(("", ""), 0))
        return "-".join(pair) if count > _NEARLY_ALWAYS * names else word

    def _weights(self, nodes: Sequence[int], forms: Counter[_Word]) -> dict[str, float]:
        """Stem -> weight. Each source of words counts as a whole, however many names it has: tables most, for they are
        what is owned.
        """
        total: dict[str, float] = {}
        uses = self._own_uses(nodes)
        for source, words in self._words.items():
            counts: Counter[_Word] = Counter()
            for node in nodes:
                # What a service is about is the table that most of its code is about, not the number of tables beside it.
                often = 1 + uses[node] if source == "table" else 1
                for word, count in words[node].items():
                    counts[word] += count * often
            forms.update(counts)
            stems: Counter[str] = Counter()
            for (stem, _), count in counts.items():
                stems[stem] += count
            size = stems.total()
            for stem, count in stems.items():
                total[stem] = total.get(stem, 0.0) + _WEIGHTS[source] * count / size
        return total


def _names_of_tables(system: System) -> dict[str, tuple[str, tuple[str, ...]]]:
    """For each table the label of its app, where it has one, and the words of its name; none of those tables that only
    join others, which are named after these.
    """
    keys = Counter(key.table for key in system.foreign_keys)
    models = {table.name: table.model.rpartition(":")[2].rpartition(".")[2] for table in system.tables}
    of_apps = (name.removesuffix(f"_{models[name].lower()}") for name in models if models[name])
    labels = sorted({label for label in of_apps if label not in models})
    found = {}
    for name, model in models.items():
        if not model and keys[name] >= _JOINS:
            continue
        label = next((label for label in labels if name.startswith(f"{label}_")), "")
        # ``oauth_session`` says where ``OAuthSession`` has its words; ``shop_salesorder`` of ``SalesOrder`` does not.
        alike = "_" in name and singular(name.replace("_", "")) == singular(model.lower())
        found[name] = label, words_of(name.removeprefix(f"{label}_") if alike or not model else model)
    return found


def _telling(text: str) -> list[_Word]:
    return [(singular(word), word) for word in set(words_of(text)) if word not in _NOISE]


def _unique(words: Sequence[str], taken: set[str]) -> str:
    for name in (*words[:3], "-".join(words[:2]), "-".join(words[:3])):
        if name and name not in taken and name != "shared":
            taken.add(name)
            return name
    number = 1
    while f"service-{number}" in taken:
        number += 1
    taken.add(f"service-{number}")
    return f"service-{number}"


def context_of(entry: str) -> str:
    """The business context of an entry point: the first telling word of its path or name, or nothing."""
    path = entry.partition(" ")[2] or entry
    return next((singular(word) for word in words_of(path) if word not in _NOISE), "")
