from peewee import Database

SqliteQueueDatabase = Database
