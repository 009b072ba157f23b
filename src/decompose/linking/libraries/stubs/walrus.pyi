from redis import Redis


class Database(Redis): ...
