from decompose.effects import renders


class TemplateResponse:
    @renders("context")
    def __init__(self, request, template, context=None, *args, **options) -> None: ...
    def render(self): ...
