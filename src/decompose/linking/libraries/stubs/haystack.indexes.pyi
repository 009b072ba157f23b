from decompose.effects import stores


class SearchIndex:
    __hooks__ = "get_model prepare prepare_* full_prepare index_queryset read_queryset load_all_queryset build_queryset get_updated_field should_update"

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
