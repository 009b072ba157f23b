"""Dynamic ground truth of table access: which application function reads or writes which table.

The parts, in the order data flows through them:

``recorder``       in the traced process: stacks and statements, aggregated (standard library only)
``hooks``          tells the recorder of each statement: Django, SQLAlchemy, sqlite3, psycopg2, psycopg
``coverage``       which application lines ran at all (Python 3.12 and later)
``pytest_plugin``  ``pytest -p recorder.pytest_plugin``; ``__main__`` does the same for any script
``sqltables``      the tables of a statement, by sqlglot
``resolve``        raw trace -> the JSONL files people read
``routes``         besides: what the framework of an application routes
"""
