from decompose.effects import stores


@stores("files", "open", "uri")
def open(uri, mode="r", *args, **options): ...
