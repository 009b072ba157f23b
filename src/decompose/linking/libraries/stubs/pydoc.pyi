from decompose.effects import loads


@loads()
def locate(path, forceload=0): ...
