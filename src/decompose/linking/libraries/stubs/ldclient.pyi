from ldclient.client import LDClient


def get() -> LDClient: ...
