from redis import Redis


def get_redis_connection(alias="default", write=True) -> Redis: ...
