from decompose.effects import loads


@loads()
def import_string(import_name, silent=False): ...
