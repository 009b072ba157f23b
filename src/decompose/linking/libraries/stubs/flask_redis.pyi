from redis import Redis

FlaskRedis = Redis
