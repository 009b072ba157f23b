from decompose.effects import executes


class DataFrame:
    def __getitem__(self, key) -> DataFrame: ...


@executes("sql")
def read_sql(sql, con, **options) -> DataFrame: ...
@executes("sql")
def read_sql_query(sql, con, **options) -> DataFrame: ...
