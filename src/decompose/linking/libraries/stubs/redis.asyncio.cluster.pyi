from redis import RedisCluster
