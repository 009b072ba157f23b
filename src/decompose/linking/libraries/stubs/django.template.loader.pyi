from decompose.effects import renders


@renders("context")
def render_to_string(template_name, context=None, request=None, using=None): ...
