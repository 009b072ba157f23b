"""What becomes of rows that are given to others to save: they are inserted if they are new, whatever the one who saves them does mostly.

``order.lines.add(Line(), bulk=False)`` has each row save itself, where ``add`` updates rows otherwise; ``super().form_valid(form)`` of a view
that creates rows saves a form again that the method has saved before.
"""

from __future__ import annotations

from collections.abc import Collection

from decompose.facts import Op
from decompose.linking.libraries import saved_rows
from decompose.linking.program import Scope
from decompose.system.accesses.saved_before import SavedBefore
from decompose.system.accesses.saved_rows import EITHER, SavedRows


class HandedRows:
    """Answers for one linked program."""

    def __init__(self, saved: SavedRows, before: SavedBefore) -> None:
        self._saved = saved
        self._before = before

    def operations(self, scope: Scope, said: str, rule: str, line: int) -> Collection[str]:
        """What a line does to the rows, where the rule says only what it does to most."""
        calls = [call for call in scope.facts.ops if call[0] == Op.CALL and call[-1] == line]
        if rule in saved_rows.FORMS_OF_CREATING:
            again = any(self._before.may_be(scope, form, line) for call in calls for form in call[3])
            return EITHER if again else (said,)
        rows = [row for call in calls if saved_rows.ONE_BY_ONE in call[4] for row in call[3]]
        return self._saved.of_rows(scope, rows) if rows else (said,)
