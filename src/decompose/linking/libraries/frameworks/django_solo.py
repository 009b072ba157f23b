"""django-solo: models of which there is one row.

It is made when it is first asked for, once in the life of a database: whoever asks for it is told as a reader only, or all who read a
setting would share in writing it.
"""

from __future__ import annotations

from decompose.linking.libraries.framework import Example, Framework

_MODELS = """
from typing import Self

from decompose.effects import reads
from django.db.models import Model

class SingletonModel(Model):
    class Meta:
        abstract = True
    @classmethod
    @reads("Self")
    def get_solo(cls) -> Self: ...
    def set_to_cache(self) -> None: ...
    @classmethod
    def clear_cache(cls) -> None: ...
    @classmethod
    def get_cache_key(cls) -> str: ...
"""

_ADMIN = """
from django.contrib.admin import ModelAdmin

class SingletonModelAdmin(ModelAdmin): ...
"""

FRAMEWORK = Framework(
    name="django-solo",
    summaries={"solo.models": _MODELS, "solo.admin": _ADMIN},
    examples=(
        Example(
            """
            from solo.models import SingletonModel

            class Settings(SingletonModel):
                def sender(self): pass

            def send():
                Settings.get_solo().sender()
            """,
            calls=frozenset({"m:send -[call]-> m:Settings.sender"}),
        ),
    ),
    look_alikes=(
        Example(
            """
            class SingletonModel:
                @classmethod
                def get_solo(cls): return cls.made
            class Settings(SingletonModel):
                def sender(self): pass
            def send():
                Settings.get_solo()
            """,
            calls=frozenset({"m:send -[call]-> m:SingletonModel.get_solo"}),
        ),
    ),
)
