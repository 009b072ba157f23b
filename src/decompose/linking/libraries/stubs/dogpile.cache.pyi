from dogpile.cache.region import CacheRegion, make_region
