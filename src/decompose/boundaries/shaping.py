"""From raw communities to services: shared library apart, crumbs merged, everything placed."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping

from decompose.boundaries.clustering import Labels, renumbered
from decompose.boundaries.graph import TABLE, EvidenceGraph, Pair

SHARED_LABEL = -1

MIN_HUB_USERS = 6
HUB_SHARE = 0.02
MIN_SHARED_SERVICES = 3
MAX_SHARED_USER_SHARE = 0.6
_ROUNDS = 12


def hubs(graph: EvidenceGraph) -> set[int]:
    """Units that very many others use and that hold no data and no entry point: they would glue everything."""
    least = max(MIN_HUB_USERS, HUB_SHARE * len(graph.members))
    return {
        node
        for node, users in enumerate(graph.users)
        if len(users) >= least and node not in graph.holds_data and node not in graph.enters
    }


def without(edges: Mapping[Pair, float], left_out: set[int]) -> dict[Pair, float]:
    """The edges that touch none of the nodes."""
    return {pair: weight for pair, weight in edges.items() if pair[0] not in left_out and pair[1] not in left_out}


def neighbours(edges: Mapping[Pair, float]) -> dict[int, list[tuple[int, float]]]:
    """Adjacency lists."""
    found: dict[int, list[tuple[int, float]]] = defaultdict(list)
    for (a, b), weight in edges.items():
        found[a].append((b, weight))
        found[b].append((a, weight))
    return found


def strongest(votes: Mapping[int, float]) -> int:
    """The label with the most votes; of equal ones the smallest."""
    best, most = -1, -1.0
    for label, votes_for_it in votes.items():
        if votes_for_it > most or (votes_for_it == most and label < best):
            best, most = label, votes_for_it
    return best


def merge_crumbs(
    graph: EvidenceGraph, edges: Mapping[Pair, float], labels: Labels, most: int, least: int = 1
) -> Labels:
    """Merge communities that are too small or own no table, smallest first, into the one they are tied to most.

    Continues until at most ``most`` are left, and stops at ``least``: a number of services that a user asked for
    matters more than their size. A community without any tie is left to `place_rest`.
    """
    size: Counter[int] = Counter()
    tables: Counter[int] = Counter()
    table_nodes = set(graph.table_node.values())
    for node, label in labels.items():
        size[label] += not graph.members[node][0].startswith(TABLE)
        tables[label] += node in table_nodes
    between: dict[int, dict[int, float]] = defaultdict(lambda: defaultdict(float))
    for (a, b), weight in edges.items():
        first, second = labels.get(a), labels.get(b)
        if first is not None and second is not None and first != second:
            between[first][second] += weight
            between[second][first] += weight
    small = max(3, len(graph.members) // 150)
    any_tables = bool(table_nodes)
    parent = {label: label for label in size}

    def crumb() -> int | None:
        # Islands that nothing ties to the rest are placed later; they are no reason to merge others.
        sound = sum(1 for label in size if size[label] >= small and (tables[label] or not any_tables))
        crumbs = [label for label in size if size[label] < small or (any_tables and not tables[label]) or sound > most]
        tied = [label for label in crumbs if between[label]]
        return (
            min(tied, key=lambda label: (tables[label] > 0 and size[label] >= small, size[label], label))
            if tied
            else None
        )

    while len(size) > least:
        crumbled = crumb()
        if crumbled is None:
            break
        # Relative to size, so that the largest does not swallow everything.
        into = max(between[crumbled], key=lambda other: (between[crumbled][other] / (1 + size[other]) ** 0.5, -other))
        size[into] += size.pop(crumbled)
        tables[into] += tables.pop(crumbled)
        for other, weight in between.pop(crumbled).items():
            del between[other][crumbled]
            if other != into:
                between[into][other] += weight
                between[other][into] += weight
        parent[crumbled] = into

    def root(label: int) -> int:
        while parent[label] != label:
            label = parent[label]
        return label

    # Islands without any tie: only those with data and code of their own stand for themselves.
    sound = [label for label in size if size[label] >= small and (tables[label] or not any_tables)]
    largest = sorted(sound if len(sound) >= least else size, key=lambda label: (-tables[label], -size[label], label))
    kept = set(largest[:most])
    return renumbered({node: root(label) for node, label in labels.items() if root(label) in kept})


def place_rest(
    graph: EvidenceGraph, adjacency: Mapping[int, list[tuple[int, float]]], labels: Labels, held_back: set[int]
) -> Labels:
    """Give every node a label: by its ties, else by its file's and folder's majority. Hubs may become shared."""
    placed = dict(labels)
    waiting = [node for node in range(len(graph.members)) if node not in placed and node not in held_back]
    for _ in range(_ROUNDS):
        decided: Labels = {}
        for node in waiting:
            votes: dict[int, float] = {}
            for other, weight in adjacency.get(node, ()):
                if other in placed:
                    votes[placed[other]] = votes.get(placed[other], 0.0) + weight
            if votes:
                decided[node] = strongest(votes)
        if not decided:
            break
        placed.update(decided)
        waiting = [node for node in waiting if node not in placed]
    if waiting:
        _place_by_folder(graph, placed, waiting)
    _place_hubs(graph, placed, held_back)
    _share(graph, placed)
    _share_modules(graph, placed)
    return placed


def _place_by_folder(graph: EvidenceGraph, placed: Labels, waiting: list[int]) -> None:
    votes: dict[str, Counter[int]] = defaultdict(Counter)
    for node, label in placed.items():
        for place in graph.places[node]:
            votes[place][label] += 1
    total: Counter[int] = Counter(label for label in placed.values() if label != SHARED_LABEL)
    fallback = min(total, key=lambda label: (total[label], label)) if total else 0
    with_tables = Counter(placed[node] for node in set(graph.table_node.values()) if node in placed)
    for node in waiting:
        label = fallback
        if graph.members[node][0].startswith(TABLE) and with_tables:
            # A table that no code touches and no key leads to: beside most of the others.
            placed[node] = max(with_tables, key=lambda candidate: (with_tables[candidate], -candidate))
            continue
        for place in graph.places[node]:
            if votes[place]:
                label = max(votes[place], key=lambda candidate: (votes[place][candidate], -candidate))
                break
        placed[node] = label


def _place_hubs(graph: EvidenceGraph, placed: Labels, held_back: set[int]) -> None:
    """What everybody uses is shared, unless most of its users are in one service."""
    for _ in range(3):
        for node in sorted(held_back):
            votes = Counter(
                placed[user] for user in graph.users[node] if user in placed and placed[user] != SHARED_LABEL
            )
            total = sum(votes.values())
            if not total:
                placed.setdefault(node, SHARED_LABEL)
                continue
            label = max(votes, key=lambda candidate: (votes[candidate], -candidate))
            placed[node] = label if votes[label] > MAX_SHARED_USER_SHARE * total else SHARED_LABEL


def _share_modules(graph: EvidenceGraph, placed: Labels) -> None:
    """The rest of a module of which most is shared already: units without data or entry point that need no service."""
    modules: dict[str, list[int]] = defaultdict(list)
    for node in range(len(graph.members)):
        if not (node in graph.holds_data or node in graph.enters):
            modules[graph.members[node][0].partition(":")[0]].append(node)
    for nodes in modules.values():
        if 2 * sum(placed.get(node) == SHARED_LABEL for node in nodes) < len(nodes):
            continue
        for node in nodes:
            if all(placed.get(used) == SHARED_LABEL for used in graph.uses[node]):
                placed[node] = SHARED_LABEL


def _share(graph: EvidenceGraph, placed: Labels) -> None:
    """Units without data or entry point that several services use evenly, and that use nothing but shared units."""
    used_by_several = [
        node
        for node, users in enumerate(graph.users)
        if len(users) >= MIN_SHARED_SERVICES and node not in graph.holds_data and node not in graph.enters
    ]
    changed = True
    while changed:
        changed = False
        for node in used_by_several:
            if placed.get(node) == SHARED_LABEL:
                continue
            if any(placed.get(used) != SHARED_LABEL for used in graph.uses[node]):
                continue
            votes = Counter(
                placed[user] for user in graph.users[node] if placed.get(user, SHARED_LABEL) != SHARED_LABEL
            )
            total = sum(votes.values())
            if len(votes) >= MIN_SHARED_SERVICES and max(votes.values()) <= MAX_SHARED_USER_SHARE * total:
                placed[node] = SHARED_LABEL
                changed = True
