from redis import Redis

FakeRedis = Redis
FakeStrictRedis = Redis
FakeAsyncRedis = Redis
