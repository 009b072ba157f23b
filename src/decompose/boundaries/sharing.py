"""The shared library: what everybody needs, what puts the application together, and what only runs when a process starts."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence

from decompose.boundaries.clustering import SHARED_LABEL
from decompose.boundaries.graph import EvidenceGraph
from decompose.boundaries.starting import SEVERAL, Starting
from decompose.linking.libraries.surroundings import RUN_AROUND

MIN_HUB_USERS = 6
HUB_SHARE = 0.02
MIN_SHARED_SERVICES = 3
MAX_SHARED_USER_SHARE = 0.6
MOST_COPIED = 300
"""Lines: what can be copied, with all that it uses, is no reason to ask another service, whoever uses it most."""


def hubs(graph: EvidenceGraph) -> set[int]:
    """Units that very many others use and that hold no data and no entry point: they would glue everything."""
    least = max(MIN_HUB_USERS, HUB_SHARE * len(graph.members))
    return {
        node
        for node, users in enumerate(graph.users)
        if len(users) >= least and node not in graph.holds_data and node not in graph.enters
    }


def closed(start: Iterable[int], ties: Sequence[set[int]], inside: Collection[int]) -> set[int]:
    """All that the start comes to by the ties, of what is inside."""
    found = set(start)
    waiting = sorted(found)
    while waiting:
        new = ties[waiting.pop()].intersection(inside) - found
        found |= new
        waiting += sorted(new)
    return found


class _Module:
    """The nodes of a module: those of its top-level code, those that may be shared, and what they use and are used by elsewhere."""

    def __init__(
        self,
        graph: EvidenceGraph,
        nodes: list[int],
        serving: set[int],
        tops: set[int],
        importing: set[int],
    ) -> None:
        inside = set(nodes)
        self.nodes = nodes
        self.tops = sorted(tops & inside)
        self.free = [node for node in nodes if node not in serving and node not in tops]
        self.serves = not inside.isdisjoint(serving)
        self.uses, self.users = (
            set() if self.serves else set().union(*(ties[node] for node in nodes)) - inside
            for ties in (graph.uses, graph.users)
        )
        if self.tops and not self.serves:
            self.users |= importing - inside


def _settings_modules(graph: EvidenceGraph) -> set[str]:
    """The modules in which a framework looks for settings, and those that only they import: every process is set up by them."""
    module_of = {unit.id: unit.module for unit in graph.system.units}
    found = {
        module_of[unit]
        for dependency in graph.system.dependencies
        if dependency.rule in RUN_AROUND and (unit := graph.unit_of.get(dependency.source, "")) in module_of
    }
    imports = graph.system.surroundings.imports
    importing: dict[str, set[str]] = defaultdict(set)
    for module, imported in imports.items() if found else ():
        for other in imported:
            importing[other].add(module)
    waiting = sorted(found)
    while waiting:
        for other in imports.get(waiting.pop(), ()):
            if other not in found and importing[other] <= found:
                found.add(other)
                waiting.append(other)
    return found & set(module_of.values())


class Sharing:
    """Tells of the services of one graph what none of them owns. No unit with data or an entry point is ever shared."""

    def __init__(self, graph: EvidenceGraph) -> None:
        self._uses, self._users = graph.uses, graph.users
        self._graph = graph
        self._serving = graph.holds_data | graph.enters
        free = [node for node in range(len(graph.members)) if node not in self._serving]
        self._using_several = [node for node in free if len(graph.uses[node]) >= MIN_SHARED_SERVICES]
        self._used_by_several = [node for node in free if len(graph.users[node]) >= MIN_SHARED_SERVICES]
        self._tops = {graph.unit_node[unit.id] for unit in graph.system.units if unit.kind == "module"}
        self._starting = Starting(graph, self._serving, self._tops)
        self._copied = {node: made for node in self._used_by_several if (made := self._to_copy(node))}
        modules: dict[str, list[int]] = defaultdict(list)
        for unit in graph.system.units:
            modules[unit.module].append(graph.unit_node[unit.id])
        # Who imports a constant uses it, though no line says so: of each module one node stands for it.
        stands = {
            module: min(nodes, key=lambda node: (node not in self._tops, node)) for module, nodes in modules.items()
        }
        importing: dict[str, set[int]] = defaultdict(set)
        for module, imported in graph.system.surroundings.imports.items():
            for other in imported if module in stands else ():
                importing[other].add(stands[module])
        self._modules = [
            _Module(graph, sorted(modules[module]), self._serving, self._tops, importing[module])
            for module in sorted(modules)
        ]
        self._settings = {node for module in _settings_modules(graph) for node in modules[module]} - self._serving

    def apply(self, placed: list[int]) -> None:
        """Mark in ``placed``, the label of each node, what is shared, and put top-level code beside the code of its module."""
        self._share_needed(placed)
        self._share_copied(placed)
        self._share_glue(placed)
        self._starting.share(placed)
        for node in self._settings:
            placed[node] = SHARED_LABEL
        self._share_modules(placed)
        self._with_their_modules(placed)

    def _share_needed(self, placed: list[int]) -> None:
        """Units that several services use evenly, and that use nothing but shared units."""
        changed = True
        while changed:
            changed = False
            for node in self._used_by_several:
                if placed[node] == SHARED_LABEL or any(placed[used] != SHARED_LABEL for used in self._uses[node]):
                    continue
                if self._is_even(placed[user] for user in self._users[node]):
                    placed[node] = SHARED_LABEL
                    changed = True

    def _share_copied(self, placed: list[int]) -> None:
        """Short code that works on no data, with all that it uses, where several services use it: a base class, an exception, a check."""
        for node, with_it in self._copied.items():
            if placed[node] != SHARED_LABEL:
                services = {placed[user] for user in self._users[node]} - {SHARED_LABEL}
                if len(services) >= MIN_SHARED_SERVICES:
                    for one in with_it:
                        placed[one] = SHARED_LABEL

    def _to_copy(self, node: int) -> set[int]:
        """A unit with all that it uses; empty where that is long, or holds data, an entry point or top-level code."""
        found, waiting, lines = {node}, [node], 0
        while waiting:
            one = waiting.pop()
            lines += self._graph.lines[one]
            if lines > MOST_COPIED or one in self._serving or one in self._tops:
                return set()
            new = self._uses[one] - found
            found |= new
            waiting += new
        return found

    def _share_glue(self, placed: list[int]) -> None:
        """What puts the application together: units that no service uses, and that use several evenly."""
        for node in self._using_several:
            if any(placed[user] != SHARED_LABEL for user in self._users[node]):
                continue
            if self._is_even(placed[used] for used in self._uses[node]):
                placed[node] = SHARED_LABEL

    def _share_modules(self, placed: list[int]) -> None:
        """Modules that several services use evenly and that use nothing but shared units; and the rest of one of which most is shared:
        units that need no service.
        """
        for module in self._modules:
            if self._is_needed(module, placed):
                for node in module.nodes:
                    placed[node] = SHARED_LABEL
            free = module.free
            while 2 * sum(placed[node] == SHARED_LABEL for node in free) >= len(free):
                ready = [
                    node
                    for node in free
                    if placed[node] != SHARED_LABEL and all(placed[used] == SHARED_LABEL for used in self._uses[node])
                ]
                if not ready:
                    break
                for node in ready:
                    placed[node] = SHARED_LABEL
            self._share_beside(free, placed)

    def _share_beside(self, free: list[int], placed: list[int]) -> None:
        """With what is shared in their module, units that need no service and are used outside of it, but not by their own service."""
        inside = set(free)
        left = {node for node in free if placed[node] != SHARED_LABEL}
        if len(left) == len(free):
            return

        def is_apart(node: int) -> bool:
            own = any(placed[user] == placed[node] and user not in left for user in self._users[node])
            return not own and all(placed[used] == SHARED_LABEL or used in left for used in self._uses[node])

        while needed := [node for node in left if not is_apart(node)]:
            left.difference_update(needed)
        asked = {node for node in left if self._users[node] - inside}
        for node in closed(asked, self._uses, left):
            placed[node] = SHARED_LABEL

    def _is_needed(self, module: _Module, placed: list[int]) -> bool:
        """Whether several services use a module evenly that serves nobody itself."""
        if module.serves or any(placed[node] != SHARED_LABEL for node in module.uses):
            return False
        return self._is_even(placed[node] for node in module.users)

    @staticmethod
    def _is_even(labels: Iterable[int]) -> bool:
        """Whether several services are among the labels, and none of them has most."""
        votes = Counter(label for label in labels if label != SHARED_LABEL)
        return len(votes) >= MIN_SHARED_SERVICES and max(votes.values()) <= MAX_SHARED_USER_SHARE * votes.total()

    def _with_their_modules(self, placed: list[int]) -> None:
        """Top-level code goes where most of the code of its module is; where there is no other it is shared if it starts what is shared, or
        comes to several services.
        """
        for module in self._modules:
            for top in module.tops:
                votes = Counter(placed[node] for node in module.nodes if node != top)
                if votes:
                    label, most = max(votes.items(), key=lambda vote: (vote[1], -vote[0]))
                    if 2 * most <= votes.total():
                        continue
                else:
                    started = {placed[used] for used in self._uses[top] & self._starting.nodes}
                    services = {placed[used] for used in self._uses[top]} - {SHARED_LABEL}
                    is_start = started == {SHARED_LABEL} or len(services) >= SEVERAL
                    label = SHARED_LABEL if is_start else placed[top]
                if label != SHARED_LABEL or top not in self._serving:
                    placed[top] = label
