from decompose.effects import loads


@loads()
def resolve_name(name): ...
