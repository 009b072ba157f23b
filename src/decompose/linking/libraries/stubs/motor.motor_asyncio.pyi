from pymongo import Collection, Cursor, Database, MongoClient


class AsyncIOMotorClient(MongoClient): ...


AsyncIOMotorDatabase = Database
AsyncIOMotorCollection = Collection
AsyncIOMotorCursor = Cursor
