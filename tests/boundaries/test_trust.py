"""What a run keeps of other ways of looking says of any split what it said when the run was made."""

from __future__ import annotations

import pytest

from decompose import api
from decompose.boundaries.graph import EvidenceGraph
from decompose.boundaries.scores import labels_of
from decompose.boundaries.trust import Clusterings, trust_of
from tests.applications import analysed_shop

AGREEMENTS = ("seed_agreement", "layer_agreement")


def test_what_is_kept_gives_every_split_the_scores_that_it_has() -> None:
    analysis = api.load(analysed_shop().run)
    graph = EvidenceGraph(analysis.system)
    trust = trust_of(graph, analysis.clusterings)
    assert len(trust.layers) > 1
    assert len(trust.ensemble.members) > 10
    for split in analysis.splits:
        found = trust.scores(labels_of(graph, split))
        assert found == pytest.approx({name: split.score(name) for name in AGREEMENTS}, abs=1e-6)
    assert trust.kept(graph) == analysis.clusterings


def test_things_that_nobody_tells_apart_are_one_group_and_a_model_is_with_its_table() -> None:
    analysis = api.load(analysed_shop().run)
    system, kept = analysis.system, analysis.clusterings
    group = dict(zip([unit.id for unit in system.units], kept.units, strict=True))
    for table, own in zip(system.tables, kept.tables, strict=True):
        assert not table.model or group[table.model] == own
    said = list(zip(*(one.communities for one in (*kept.ensemble, *kept.layers)), strict=True))
    assert len(set(said)) == len(said) == max(kept.units + kept.tables) + 1


def test_of_a_run_that_keeps_none_nothing_is_said() -> None:
    analysis = api.load(analysed_shop().run)
    graph = EvidenceGraph(analysis.system)
    assert trust_of(graph, Clusterings()).scores(labels_of(graph, analysis.splits[0])) == {}
