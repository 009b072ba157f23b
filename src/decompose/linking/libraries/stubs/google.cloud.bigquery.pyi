from decompose.effects import stores


class Client:
    """SQL that it is given runs in that database, and touches no table of the application's own."""

    __has_more__ = True

    def __init__(self, *args, **options) -> None: ...
    @stores("other database", "read", "=bigquery")
    def query(self, query, job_config=None, **options): ...
    query_and_wait = query
    @stores("other database", "read", "=bigquery")
    def list_rows(self, table, **options): ...
    @stores("other database", "write", "=bigquery")
    def insert_rows(self, table, rows, **options): ...
    insert_rows_json = insert_rows
    load_table_from_json = insert_rows
    load_table_from_dataframe = insert_rows
    load_table_from_file = insert_rows
    load_table_from_uri = insert_rows
