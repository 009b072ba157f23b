from peewee import Database, Field

PostgresqlExtDatabase = Database
ArrayField = Field
BinaryJSONField = Field
DateTimeTZField = Field
HStoreField = Field
IntervalField = Field
JSONField = Field
TSVectorField = Field
