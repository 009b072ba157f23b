"""How far each candidate split of the sample agrees with how an architect would split it, as a markdown table.

    python benchmarks/sample.py

Adjusted Rand index (Hubert and Arabie, 1985) and normalised mutual information over the units that both place; the shared
library counts as a label. `tests/test_sample.py` asserts the first of them for the recommended split. Needs scikit-learn.
"""

from __future__ import annotations

import csv
from pathlib import Path

from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score

from decompose import api

SAMPLE = Path(__file__).resolve().parent.parent / "sample_monolith"


def main() -> None:
    """Analyse the sample and print the table."""
    with (SAMPLE / "boundaries.csv").open(newline="", encoding="utf-8") as stream:
        boundaries = {row["id"]: row["service"] for row in csv.DictReader(stream)}
    analysis = api.analyze(SAMPLE, cache_folder=None)
    print("| split of the sample | services | agreement (ARI) | NMI | agreement on tables (ARI) |")
    print("|---|---|---|---|---|")
    for split in analysis.splits:
        units = split.service_of_unit()
        tables = {f"table:{name}": service for name, service in split.service_of_table().items()}
        common, common_tables = sorted(boundaries.keys() & units.keys()), sorted(boundaries.keys() & tables.keys())
        drawn, found = [boundaries[unit] for unit in common], [units[unit] for unit in common]
        rand = adjusted_rand_score(drawn, found)
        information = normalized_mutual_info_score(drawn, found)
        owners = adjusted_rand_score([boundaries[t] for t in common_tables], [tables[t] for t in common_tables])
        note = "recommended" if split.name == analysis.recommendation.split else "trivial" if split.trivial else ""
        name = f"{split.name} ({note})" if note else split.name
        print(f"| {name} | {len(split.services)} | {rand:.2f} | {information:.2f} | {owners:.2f} |")


if __name__ == "__main__":
    main()
