"""WTForms: whoever validates a form calls what checks its fields, and what gives them their choices."""

from __future__ import annotations

from collections.abc import Iterator

from decompose.linking.libraries.framework import Example, Framework
from decompose.linking.libraries.wtforms_fields import called
from decompose.linking.linked import Linked
from decompose.linking.wiring import Wire


def wires(linked: Linked) -> Iterator[Wire]:
    """From each call that validates a form to the functions that its fields call."""
    for use, function, receiver, rule in called(linked):
        site = use.site
        acting = receiver if function.is_method else -1
        yield Wire(site.frame.scope, site.line, function, "callback", rule, receiver=site.frame.receiver, acting=acting)


FRAMEWORK = Framework(
    name="WTForms",
    summaries={},
    packages=("wtforms", "flask_wtf"),
    wires=(wires,),
    examples=(
        Example(
            """
            from flask_wtf import FlaskForm
            from wtforms import FieldList, Form, FormField, StringField
            from wtforms_sqlalchemy.fields import QuerySelectField

            class Unique:
                def __call__(self, form, field): helper()

            def short(form, field): pass
            def helper(): pass
            def products(): return []

            class LineForm(Form):
                product = QuerySelectField(query_factory=products)
                def validate_product(self, field): helper()

            class OrderForm(FlaskForm):
                code = StringField("Code", validators=[Unique(), short])
                lines = FieldList(FormField(LineForm))
                def validate_code(self, field): helper()
                def validate_nothing(self, field): pass

            class SmallForm(OrderForm):
                code = StringField("Code")

            def show():
                form = OrderForm()
                if form.validate_on_submit(): pass

            def small():
                return SmallForm().validate()
            """,
            calls=frozenset(
                {
                    "m:OrderForm -[construct]-> m:Unique",
                    "m:LineForm -[callback]-> m:products",
                    "m:Unique.__call__ -[call]-> m:helper",
                    "m:LineForm.validate_product -[call]-> m:helper",
                    "m:OrderForm.validate_code -[call]-> m:helper",
                    "m:show -[construct]-> m:OrderForm",
                    "m:show -[callback]-> m:Unique.__call__",
                    "m:show -[callback]-> m:short",
                    "m:show -[callback]-> m:products",
                    "m:show -[callback]-> m:OrderForm.validate_code",
                    "m:show -[callback]-> m:LineForm.validate_product",
                    "m:small -[construct]-> m:SmallForm",
                    "m:small -[callback]-> m:products",
                    "m:small -[callback]-> m:OrderForm.validate_code",
                    "m:small -[callback]-> m:LineForm.validate_product",
                }
            ),
        ),
    ),
    look_alikes=(
        Example(
            """
            from wtforms import StringField

            class Form:
                code = StringField("Code")
                def validate(self): return True
                def validate_code(self, field): pass

            def show(): return Form().validate()
            """,
            calls=frozenset({"m:show -[construct]-> m:Form", "m:show -[call]-> m:Form.validate"}),
        ),
    ),
)
