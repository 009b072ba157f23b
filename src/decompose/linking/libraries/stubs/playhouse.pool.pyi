from peewee import Database

PooledDatabase = Database
PooledSqliteDatabase = Database
PooledPostgresqlDatabase = Database
PooledMySQLDatabase = Database
PooledSqliteExtDatabase = Database
PooledCSqliteExtDatabase = Database
PooledPostgresqlExtDatabase = Database
