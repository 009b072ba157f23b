from decompose.effects import stores


class _Writes:
    __has_more__ = True

    def __enter__(self) -> _Writes: ...
    @stores("other database", "write", "bucket")
    def write(self, bucket, *args, **options): ...


class _Queries:
    @stores("other database", "read", "=influxdb")
    def query(self, query, *args, **options): ...
    query_data_frame = query
    query_stream = query
    query_csv = query


class InfluxDBClient:
    __has_more__ = True

    def __init__(self, *args, **options) -> None: ...
    def __enter__(self) -> InfluxDBClient: ...
    def write_api(self, *args, **options) -> _Writes: ...
    def query_api(self, *args, **options) -> _Queries: ...
