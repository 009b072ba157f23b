from peewee import Database, Field, Model

SqliteExtDatabase = Database
CSqliteExtDatabase = Database
JSONField = Field
RowIDField = Field
SearchField = Field
