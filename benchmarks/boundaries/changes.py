"""Splits beside what was changed together, which no generator looks at: how far commits stay within services.

    python benchmarks/boundaries/changes.py REPOSITORY [FOLDER]   # a clone with its history, and the folder in it with the application

Files are tied by the commits of at most 20 files that changed both, each commit with a weight of 1 for each of its files; a file is where most of
its units are. The figure is the modularity (Newman and Girvan, 2004) of that graph by the services: neither everything in one service nor very small
services win it. Owners who draw packages also commit by them, so packages are favoured a little. Three seeds; ``seeds`` is how far the
consensus of each agrees with the others (adjusted Rand index).
"""

from __future__ import annotations

import subprocess
import sys
from collections import Counter, defaultdict
from itertools import combinations
from pathlib import Path
from statistics import mean

from truth import system_of

from decompose.boundaries import SplitOptions, propose
from decompose.boundaries.agreement import adjusted_rand_index
from decompose.boundaries.split import Split
from decompose.system.model import System

COMMITS = 3000
LARGEST = 20
SEEDS = (1, 1001, 2001)

Ties = dict[tuple[str, str], float]


def changed_together(repository: Path, folder: str, files: set[str]) -> Ties:
    """Pairs of files, and how much the commits tie them."""
    listed = ["log", f"-{COMMITS}", "--no-merges", "--name-only", "--format=format:%x00"]
    within = [f"--relative={folder}"] if folder else []
    told = subprocess.run(
        ["git", "-C", repository, *listed, *within], capture_output=True, text=True, check=True
    ).stdout
    ties: Ties = Counter()
    for commit in told.split("\0"):
        changed = sorted(set(commit.split("\n")) & files)
        if 1 < len(changed) <= LARGEST:
            for pair in combinations(changed, 2):
                ties[pair] += 1 / (len(changed) - 1)
    return ties


def modularity(ties: Ties, place: dict[str, str]) -> float:
    """Of the ties between files the share that stays in a service, less what chance would give."""
    total, inside, strength = sum(ties.values()), 0.0, Counter()
    for (one, other), weight in ties.items():
        strength[place[one]] += weight
        strength[place[other]] += weight
        inside += weight * (place[one] == place[other])
    return inside / total - sum((own / (2 * total)) ** 2 for own in strength.values())


def places(system: System, split: Split) -> dict[str, str]:
    """For each file the service that most of its units are in."""
    service, votes = split.service_of_unit(), defaultdict(Counter)
    for unit in system.units:
        votes[unit.file][service[unit.id]] += 1
    return {file: found.most_common(1)[0][0] for file, found in votes.items()}


def main() -> None:
    """Print a row for each split."""
    repository, folder = Path(sys.argv[1]), (sys.argv[2:] or [""])[0]
    system = system_of(repository / folder)
    ties = changed_together(repository, folder, {unit.file for unit in system.units})
    found, agreed = defaultdict(list), []
    for seed in SEEDS:
        for split in propose(system, SplitOptions(seed=seed)).splits:
            found[split.name].append((len(split.services), modularity(ties, places(system, split))))
            if split.name == "consensus":
                agreed.append(split.services_of())
    print("| split | services | commits within services, modularity |\n|---|---|---|")
    for name, figures in found.items():
        print(f"| {name} | {mean(n for n, _ in figures):.0f} | {mean(q for _, q in figures):.3f} |")
    if len(agreed) > 1:
        alike = mean(adjusted_rand_index([(a[k], b[k]) for k in a]) for a, b in combinations(agreed, 2))
        print(f"seeds: {alike:.2f}")


if __name__ == "__main__":
    main()
