from psycopg2 import Connection, Cursor

connection = Connection
cursor = Cursor
