from memcache import Client

PooledClient = Client
