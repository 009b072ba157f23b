from memcache import Client

HashClient = Client
