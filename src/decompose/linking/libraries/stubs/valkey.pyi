from redis import *
from redis import Redis

Valkey = Redis
StrictValkey = Redis
ValkeyCluster = Redis
