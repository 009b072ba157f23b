"""The measures, each with its formula and where it comes from. Every one takes many partitions at once, one in each column."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from decompose.boundaries.clustering import Labels
    from decompose.boundaries.scores.layout import Columns, Layout, Values

NON_EXTREME = (5, 20)
"""The sizes between which a service is not extreme, as published; in units here, in classes there."""


def single_writer_tables(layout: Layout, columns: Columns) -> Values:
    """Tables that at most one service writes / tables that are written. What the shared library writes, it writes for its callers."""
    np = layout.np
    if not len(layout.written):
        return np.ones(columns.shape[1])
    writers = columns.take(layout.writes[0], axis=0)
    high = np.maximum.reduceat(writers, layout.written)
    low = np.minimum.reduceat(np.where(writers < 0, np.iinfo(writers.dtype).max, writers), layout.written)
    return (low >= high).mean(axis=0)


def foreign_writes(layout: Layout, columns: Columns) -> Values:
    """Writes to a table of another service / writes."""
    return _crossing_share(layout, columns, layout.writes)


def foreign_reads(layout: Layout, columns: Columns) -> Values:
    """Reads of a table of another service / reads."""
    return _crossing_share(layout, columns, layout.reads)


def cut_foreign_keys(layout: Layout, columns: Columns) -> Values:
    """Foreign keys between tables of different owners / foreign keys."""
    return _crossing_share(layout, columns, layout.keys)


def spanning_transactions(layout: Layout, columns: Columns) -> Values:
    """Transactions that write tables of several services / transactions that write."""
    return _spanning_share(layout, columns, layout.in_transactions, layout.transactions)


def crossing_joins(layout: Layout, columns: Columns) -> Values:
    """Statements that touch tables of several services / statements that touch several tables."""
    return _spanning_share(layout, columns, layout.in_joins, layout.joins)


def inter_call(layout: Layout, columns: Columns) -> Values:
    """ICP, inter-call percentage: calls between services / calls between units (Kalia et al., Mono2Micro, ESEC/FSE 2021)."""
    if not layout.messages.size:
        return layout.np.zeros(columns.shape[1])
    return layout.np.einsum("m,mc->c", layout.call_counts, layout.message_ends(columns)[2]) / float(
        layout.call_counts.sum()
    )


def modularity(layout: Layout, columns: Columns) -> Values:
    """Q: the share of weight inside services less what chance would put there (Newman and Girvan, 2004), -0.5 to 1."""
    np = layout.np
    if not layout.total:
        return np.zeros(columns.shape[1])
    same = columns.take(layout.edges[0], axis=0) == columns.take(layout.edges[1], axis=0)
    inside = np.einsum("e,ec->c", layout.weights, same) / layout.total
    strength = [np.bincount(column + 1, weights=layout.degree) / (2 * layout.total) for column in columns.T]
    return inside - np.array([(shares**2).sum() for shares in strength])


def structural_modularity(layout: Layout, columns: Columns) -> Values:
    """SM: mean over services of calls inside / units squared, less mean over pairs of calls between / twice the product of their
    units (Jin et al., Service candidate identification from monolithic systems based on execution traces, TSE 2021).
    """
    np = layout.np
    sizes = layout.sizes(columns)
    column, first, second, messages = layout.flows(columns)
    density = np.where((first >= 0) & (second >= 0), messages / (sizes[column, first] * sizes[column, second]), 0.0)
    inside = np.bincount(column, np.where(first == second, density, 0.0), columns.shape[1])
    between = np.bincount(column, np.where(first == second, 0.0, density), columns.shape[1])
    count = sizes.shape[1] - 1
    return inside / count - between / max(1, count * (count - 1))


def interface_number(layout: Layout, columns: Columns) -> Values:
    """IFN: units that other services call / services (Kalia et al., 2021)."""
    np = layout.np
    count = max(1, int(columns.max(initial=-1)) + 1)
    if not layout.messages.size:
        return np.zeros(columns.shape[1])
    called = np.flatnonzero(np.diff(layout.messages[1], prepend=-1))
    packed = np.packbits(layout.message_ends(columns)[2], axis=1)
    crossed = np.unpackbits(np.bitwise_or.reduceat(packed, called), axis=1, count=columns.shape[1])
    return crossed.sum(axis=0, dtype=np.int64) / count


def message_cohesion(layout: Layout, columns: Columns) -> Values:
    """Mean over services of the share of the messages of its units (distinct calls) that stay inside."""
    np = layout.np
    column, first, second, messages = layout.flows(columns)
    count = max(1, int(columns.max(initial=-1)) + 1)
    cells = columns.shape[1] * count
    inside, leaving, entering = (
        np.bincount(column[which] * count + service[which], messages[which], cells).reshape(-1, count)
        for service, which in ((first, (first == second) & (first >= 0)), (first, first >= 0), (second, second >= 0))
    )
    touching = leaving + entering - inside
    talking = np.maximum((touching > 0).sum(axis=1), 1)
    return (inside / np.maximum(touching, 1)).sum(axis=1) / talking


def message_coupling(layout: Layout, columns: Columns) -> Values:
    """Mean over services of the number of other services that it sends messages to (absolute dependence of a service, ADS;
    Rud, Schmietendorf and Dumke, Product metrics for service-oriented infrastructures, 2006).
    """
    column, first, second, _ = layout.flows(columns)
    others = (first != second) & (first >= 0) & (second >= 0)
    count = max(1, int(columns.max(initial=-1)) + 1)
    return layout.np.bincount(column[others], minlength=columns.shape[1]) / count


def remote_calls(layout: Layout, columns: Columns) -> Values:
    """Mean over entry points of the distinct calls between services that a request may make, whatever branch it takes."""
    crossing = layout.message_ends(columns)[2]
    return layout.np.einsum("m,mc->c", layout.reach.requests, crossing)


def remote_loops(layout: Layout, columns: Columns) -> Values:
    """The same of calls that stand in a loop or a comprehension: each is as many calls over the network as there are things."""
    crossing = layout.message_ends(columns)[2][layout.repeated]
    return layout.np.einsum("m,mc->c", layout.reach.requests[layout.repeated], crossing)


def remote_chain(layout: Layout, columns: Columns) -> Values:
    """Mean over entry points of the longest chain of calls between services, one waiting for the next; cycles count once."""
    return layout.reach.longest_chain(layout.message_ends(columns)[2])


def lockstep(layout: Layout, columns: Columns) -> Values:
    """Commits that touch several services / commits that touch any; a file stands for its largest unit (the lockstep test)."""
    np = layout.np
    nodes, starts = layout.changed
    labels = columns.take(nodes, axis=0)
    high = np.maximum.reduceat(labels, starts)
    low = np.minimum.reduceat(np.where(labels < 0, np.iinfo(labels.dtype).max, labels), starts)
    touching = (high >= 0).sum(axis=0)
    return ((high > low) & (high >= 0)).sum(axis=0) / np.maximum(touching, 1)


def business_context_purity(layout: Layout, columns: Columns) -> Values:
    """BCP: mean over services of the entropy, in bits, of the business contexts of its entry points (Kalia et al., 2021); there
    use cases are contexts, here the first telling word of a path or name.
    """
    np = layout.np
    nodes, contexts = layout.contexts
    if not len(nodes):
        return np.zeros(columns.shape[1])
    own, span = columns.take(nodes, axis=0).astype(np.int64), int(contexts.max()) + 1
    count = int(own.max(initial=-1)) + 1
    services = np.arange(columns.shape[1])[None, :] * count + own
    # Only the contexts that a service has: a table of all that it might have is large where there are many services.
    cells, often = np.unique((services * span + contexts[:, None])[own >= 0], return_counts=True)
    total = np.bincount(cells // span, often, columns.shape[1] * count)
    inside = np.bincount(cells // span, often * np.log2(often), columns.shape[1] * count)
    some = np.maximum(total, 1)
    entropy = np.maximum(np.log2(some) - inside / some, 0).reshape(-1, count)
    return entropy.sum(axis=1) / np.maximum((total.reshape(-1, count) > 0).sum(axis=1), 1)


def non_extreme_distribution(sizes: list[int]) -> float:
    """NED: 1 less the share of services with 5 to 20 units (Wu, Hassan and Holt, 2005, as used by Kalia et al., 2021)."""
    least, most = NON_EXTREME
    return 1 - sum(least <= size <= most for size in sizes) / len(sizes) if sizes else 0.0


def _crossing(layout: Layout, columns: Columns, pairs: Labels) -> Columns:
    """Which pairs lie in two different services; those with the shared library are local."""
    first, second = columns.take(pairs[0], axis=0), columns.take(pairs[1], axis=0)
    crossing: Columns = (first != second) & (layout.np.minimum(first, second) >= 0)
    return crossing


def _crossing_share(layout: Layout, columns: Columns, pairs: Labels) -> Values:
    if not pairs.size:
        return layout.np.zeros(columns.shape[1])
    return _crossing(layout, columns, pairs).mean(axis=0)


def _spanning_share(layout: Layout, columns: Columns, nodes: Labels, starts: Labels) -> Values:
    np = layout.np
    if not len(starts):
        return np.zeros(columns.shape[1])
    owners = columns.take(nodes, axis=0)
    high, low = (extreme.reduceat(owners, starts) for extreme in (np.maximum, np.minimum))
    return (low != high).mean(axis=0)


class Measure(NamedTuple):
    """``direction``: 1 higher is better, -1 lower is better, 0 neither. Without a function it is not shuffled."""

    name: str
    direction: int
    about: str
    of: Callable[[Layout, Columns], Values] | None = None


MEASURES = (
    Measure(
        "single_writer_tables", 1, "tables that only one service writes, of all tables written", single_writer_tables
    ),
    Measure("foreign_writes", -1, "writes to a table that another service owns, of all writes", foreign_writes),
    Measure("foreign_reads", -1, "reads of a table that another service owns, of all reads", foreign_reads),
    Measure("cut_foreign_keys", -1, "foreign keys between tables of different owners, of all keys", cut_foreign_keys),
    Measure(
        "spanning_transactions",
        -1,
        "transactions that write tables of several services, of those that write at all",
        spanning_transactions,
    ),
    Measure("inter_call", -1, "calls between services, of all calls between units (inter-call percentage)", inter_call),
    Measure("modularity", 1, "Newman's modularity of the evidence graph, from -0.5 to 1", modularity),
    Measure(
        "independence", 1, "pairs of units that need not be deployed together (the Gini-Simpson index of the sizes)"
    ),
    Measure(
        "largest_share",
        -1,
        "units and tables in the largest service, of all in services (a table counts with its class, if it has one)",
    ),
    Measure(
        "coverage",
        1,
        "units and tables in a service, not in the shared library (a table counts with its class, if it has one)",
    ),
    Measure(
        "crossing_joins", -1, "statements that touch tables of several services, of those with several", crossing_joins
    ),
    Measure(
        "structural_modularity", 1, "density of calls inside services less density between them", structural_modularity
    ),
    Measure("interface_number", -1, "units that other services call, for each service", interface_number),
    Measure("message_cohesion", 1, "distinct calls that stay inside a service, of all that touch it", message_cohesion),
    Measure("message_coupling", -1, "other services that a service calls", message_coupling),
    Measure("remote_calls", -1, "calls between services that a request may make, mean over entry points", remote_calls),
    Measure("remote_chain", -1, "longest chain of calls between services, mean over entry points", remote_chain),
    Measure("lockstep", -1, "commits that touch several services, of those that touch any", lockstep),
    Measure(
        "business_context_purity", -1, "mixture of business contexts in a service, in bits", business_context_purity
    ),
    Measure("non_extreme_distribution", -1, "services with fewer than 5 or more than 20 units, of all"),
    Measure("seed_agreement", 1, "agreement with other seeds and perturbed weights (adjusted Rand index)"),
    Measure("layer_agreement", 1, "agreement with what each kind of evidence alone would give (adjusted Rand index)"),
    Measure("exact_cuts", 1, "cut calls and accesses that are exact, of those that are exact or inferred"),
    Measure(
        "remote_loops",
        -1,
        "calls between services in loops that a request may make, mean over entry points",
        remote_loops,
    ),
    Measure("services", 0, "number of services"),
)

DIRECTIONS: dict[str, int] = {measure.name: measure.direction for measure in MEASURES}
"""Score -> 1 (higher is better), -1 (lower is better), 0 (neither)."""

DESCRIPTIONS: dict[str, str] = {measure.name: measure.about for measure in MEASURES}
