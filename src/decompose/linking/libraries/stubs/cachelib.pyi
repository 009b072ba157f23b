from flask_caching import Cache

SimpleCache = Cache
RedisCache = Cache
FileSystemCache = Cache
MemcachedCache = Cache
BaseCache = Cache
