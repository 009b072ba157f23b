from decompose.effects import loads


@loads()
def import_string(dotted_path): ...
