from peewee import Database


def connect(url, **options) -> Database: ...
