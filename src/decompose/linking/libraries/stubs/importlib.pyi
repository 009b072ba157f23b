from decompose.effects import loads


@loads()
def import_module(name, package=None): ...
