from decompose import EveryTable
from decompose.effects import deletes


class Command:
    @deletes("EveryTable")
    def handle(self, **options) -> None: ...
    @deletes("EveryTable")
    def execute(self, *args, **options): ...
