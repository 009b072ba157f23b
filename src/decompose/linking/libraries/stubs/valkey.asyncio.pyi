from valkey import *
