from redis import *
from redis import PubSub, Redis

Pipeline = Redis
RedisCluster = Redis
