"""What a candidate is worth: its scores, and how sure it is where things belong."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import msgspec

from decompose.boundaries.alike import alike_services
from decompose.boundaries.certainty import Certainty
from decompose.boundaries.placing import Placing
from decompose.boundaries.scores import Scorer, labels_of
from decompose.boundaries.split import Split
from decompose.boundaries.trust import Trust


class Judging(NamedTuple):
    """What judges a candidate, and who is told of it before that."""

    scorer: Scorer
    certainty: Certainty
    trust: Trust
    found: Callable[[Split], None]
    pinned: frozenset[int]

    def judged(self, split: Split) -> Split:
        """The split with its scores, and how sure it is where things belong."""
        self.found(split)
        labels = labels_of(self.scorer.graph, split)
        scores = self.scorer.scores(labels, told=self.trust.scores(labels))
        names = [service.name for service in split.services]
        shares, rivals = self.certainty.of(labels, names)
        because = Placing(self.scorer, labels, self.pinned).reasons(shares)
        alike = alike_services(self.scorer, labels, names)
        return msgspec.structs.replace(
            split, scores=scores, confidence=shares, runners_up=rivals, because=because, alike=alike
        )
