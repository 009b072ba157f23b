from decompose.effects import stores


class Client:
    """SQL that it is given runs in that database, and touches no table of the application's own."""

    def __enter__(self) -> Client: ...
    @stores("other database", "read", "=clickhouse")
    def query(self, query=None, parameters=None, **options): ...
    query_df = query
    query_np = query
    query_arrow = query
    query_rows_stream = query
    query_row_block_stream = query
    query_df_stream = query
    query_column_block_stream = query
    raw_query = query
    @stores("other database", "write", "=clickhouse")
    def insert(self, table=None, data=None, **options): ...
    insert_df = insert
    insert_arrow = insert
    raw_insert = insert
    @stores("other database", "write", "=clickhouse")
    def command(self, cmd, parameters=None, **options): ...
    def ping(self): ...
    def close(self): ...


def get_client(**options) -> Client: ...


create_client = get_client
get_async_client = get_client
create_async_client = get_client
