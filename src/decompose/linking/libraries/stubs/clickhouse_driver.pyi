from decompose.effects import stores


class Client:
    """SQL that it is given runs in that database, and touches no table of the application's own; most of it asks."""

    def __init__(self, *args, **options) -> None: ...
    @staticmethod
    def from_url(url) -> Client: ...
    @stores("other database", "read", "=clickhouse")
    def execute(self, query, params=None, **options): ...
    execute_iter = execute
    execute_with_progress = execute
    query_dataframe = execute
    @stores("other database", "write", "=clickhouse")
    def insert_dataframe(self, query, dataframe, **options): ...
    def disconnect(self): ...
