from redis.sentinel import Sentinel
