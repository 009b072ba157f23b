from decompose.effects import calls_back, stores


class Session:
    """What it is given runs in that database, and touches no table of the application's own."""

    __has_more__ = True

    def __enter__(self) -> Session: ...
    def __aenter__(self) -> Session: ...
    @stores("other database", "write", "=neo4j")
    def run(self, query, *args, **options): ...
    def begin_transaction(self, **options) -> Session: ...
    @calls_back("function")
    @stores("other database", "read", "=neo4j")
    def execute_read(self, function, *args, **options): ...
    @calls_back("function")
    @stores("other database", "write", "=neo4j")
    def execute_write(self, function, *args, **options): ...
    read_transaction = execute_read
    write_transaction = execute_write


class Driver:
    __has_more__ = True

    def __enter__(self) -> Driver: ...
    def __aenter__(self) -> Driver: ...
    def session(self, **options) -> Session: ...
    @stores("other database", "write", "=neo4j")
    def execute_query(self, query, *args, **options): ...


class GraphDatabase:
    @classmethod
    def driver(cls, uri, **options) -> Driver: ...


AsyncGraphDatabase = GraphDatabase
