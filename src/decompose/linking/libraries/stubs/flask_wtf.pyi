import wtforms


class FlaskForm(wtforms.Form):
    def validate_on_submit(self, *args, **options) -> bool: ...
    def is_submitted(self) -> bool: ...
    def hidden_tag(self, *fields): ...


Form = FlaskForm
