from decompose.effects import stores


@stores("queue", "write", "topic")
def single(topic, payload=None, **options): ...
@stores("queue", "write")
def multiple(msgs, **options): ...
