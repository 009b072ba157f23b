"""Splits against boundaries that are known: our generators, trivial splits, published algorithms on the same graph.

    python benchmarks/boundaries/evaluate.py                       # the sample and synthetic monoliths
    python benchmarks/boundaries/evaluate.py --seeds 3 --services 5 12 40 --mixing 0.3 0.5
    python benchmarks/boundaries/evaluate.py --case NAME FOLDER LABELS   # a folder, and labels as CSV or as JSON by folders
    python benchmarks/boundaries/evaluate.py --domains FOLDER [FOLDER ...]   # monoliths whose packages are domains (domains.py)
    python benchmarks/boundaries/evaluate.py --history FOLDER LABELS     # one that was split later, and what went where (history.py)

Agreement is over the units that the known boundaries put into a service, and over their tables: adjusted Rand index (ARI), MoJoFM,
pairwise F1. Labels by folders are hidden from the methods: modules, files and prefixes of tables are replaced by numbers first.
``recommended`` is the recommended split, or the one that the verdict speaks of. ``seeds`` is the mean ARI of the recommended splits of
three seeds. Infomap and CARGO are used where their packages (infomap, minerva-cargo) are installed.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations, product
from pathlib import Path
from statistics import mean

import domains
import history
import synthetic
import truth
from methods import METHODS

from decompose.boundaries import SplitOptions, propose
from decompose.boundaries.agreement import adjusted_rand_index, mojo_fm, pairwise_f1
from decompose.boundaries.graph import EvidenceGraph

SAMPLE = Path(__file__).resolve().parents[2] / "sample_monolith"
MEASURES = (adjusted_rand_index, mojo_fm, pairwise_f1)


def cases(given: argparse.Namespace) -> Iterator[truth.Case]:
    """The cases that are asked for."""
    for name, folder, labels in given.case:
        read = truth.from_csv if labels.endswith(".csv") else truth.from_folders
        yield read(name, name, Path(folder), Path(labels))
    for folder in given.domains:
        yield domains.labelled("packages that are domains", Path(folder))
    for folder, labels in given.history:
        yield history.labelled("monoliths that were split later", Path(folder), Path(labels))
    if given.case or given.domains or given.history:
        return
    yield truth.from_csv("sample", "sample", SAMPLE, SAMPLE / "boundaries.csv")
    for services, mixing, framework, seed in product(
        given.services, given.mixing, ("flask", "django"), range(given.seeds)
    ):
        shape = synthetic.Shape(services=services, mixing=mixing, framework=framework, seed=seed, opaque=seed % 2 == 1)
        with tempfile.TemporaryDirectory() as folder:
            synthetic.write(synthetic.draw(shape), Path(folder))
            name = f"{framework} {services} services, seed {seed}"
            yield truth.from_csv(f"synthetic, mixing {mixing}", name, Path(folder), Path(folder) / "boundaries.csv")


def figures(case: truth.Case, placed: dict[str, object]) -> list[float]:
    """ARI, MoJoFM and F1 on units, and on tables."""
    found = []
    for tables in (False, True):
        pairs = [
            (placed[thing], service)
            for thing, service in sorted(case.expected.items())
            if thing.startswith("table:") == tables and service != truth.SHARED and thing in placed
        ]
        found += [measure(pairs) for measure in MEASURES]
    return found


def answers(case: truth.Case, seeds: int) -> Iterator[tuple[str, dict[str, object]]]:
    """Every method's partition, as unit id or ``table:NAME`` -> label."""
    runs = [propose(case.system, SplitOptions(seed=1 + 1000 * turn)) for turn in range(seeds)]
    for split in runs[0].splits:
        kind = " (trivial)" if split.trivial else ""
        yield f"{split.name}{kind}", _placed(split)
    chosen = [next(s for s in run.splits if s.name == (run.recommendation.shown or run.splits[0].name)) for run in runs]
    yield "recommended", _placed(chosen[0])
    if seeds > 1:
        agree = [
            adjusted_rand_index([(a, second[thing]) for thing, a in first.items()])
            for first, second in combinations([_placed(split) for split in chosen], 2)
        ]
        yield "seeds", {"": mean(agree)}
    graph = EvidenceGraph(case.system)
    for name, method in METHODS.items():
        labels = method(graph)
        if labels is not None:
            yield name, {m: label for label, ms in zip(labels, graph.members, strict=True) for m in ms}


def _placed(split) -> dict[str, object]:  # noqa: ANN001 - a Split
    return {**split.service_of_unit(), **{f"table:{table}": name for table, name in split.service_of_table().items()}}


def main() -> None:
    """Print a table for each family."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--case", nargs=3, action="append", default=[], metavar=("NAME", "FOLDER", "LABELS"))
    parser.add_argument("--domains", nargs="+", default=[], metavar="FOLDER")
    parser.add_argument("--history", nargs=2, action="append", default=[], metavar=("FOLDER", "LABELS"))
    parser.add_argument("--services", type=int, nargs="+", default=[5, 12, 40])
    parser.add_argument("--mixing", type=float, nargs="+", default=[0.1, 0.3, 0.5])
    parser.add_argument("--seeds", type=int, default=2, help="applications drawn for each shape")
    parser.add_argument("--turns", type=int, default=3, help="seeds of the method, for the agreement between them")
    given = parser.parse_args()
    families: dict[str, dict[str, list[list[float]]]] = defaultdict(lambda: defaultdict(list))
    stability: dict[str, list[float]] = defaultdict(list)
    started = time.perf_counter()
    for case in cases(given):
        for name, placed in answers(case, given.turns):
            if name == "seeds":
                stability[case.family].append(float(str(placed[""])))
            else:
                families[case.family][name].append(figures(case, placed))
    for family, methods in families.items():
        count = max(len(found) for found in methods.values())
        sure = f"; agreement between seeds {mean(stability[family]):.2f}" if stability[family] else ""
        print(f"\n{family} ({count} cases{sure})\n")
        print(
            "| method | ARI | MoJoFM | F1 | ARI, tables | MoJoFM, tables | F1, tables |\n|---|---|---|---|---|---|---|"
        )
        ordered = sorted(methods.items(), key=lambda item: -mean(figure[0] for figure in item[1]))
        for name, found in ordered:
            few = f" ({len(found)} cases)" if len(found) < count else ""
            print(f"| {name}{few} | {' | '.join(f'{mean(column):.2f}' for column in zip(*found, strict=True))} |")
    print(f"\n{time.perf_counter() - started:.0f} s")


if __name__ == "__main__":
    main()
