from openfeature.client import OpenFeatureClient


def get_client(*args, **options) -> OpenFeatureClient: ...
