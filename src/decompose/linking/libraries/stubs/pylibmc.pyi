from memcache import Client

ThreadMappedPool = Client
