from decompose.effects import stores


class SearchIndex:
    @stores("search index", "write", "=haystack")
    def update(self, using=None): ...
    @stores("search index", "write", "=haystack")
    def update_object(self, instance, using=None, **keywords): ...
    @stores("search index", "delete", "=haystack")
    def remove_object(self, instance, using=None, **keywords): ...
    @stores("search index", "delete", "=haystack")
    def clear(self, using=None): ...
    @stores("search index", "write", "=haystack")
    def reindex(self, using=None): ...


ModelSearchIndex = SearchIndex
