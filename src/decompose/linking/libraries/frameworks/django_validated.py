"""Django's forms and REST framework's serializers: where the rows go that were chosen by their fields."""

from __future__ import annotations

from decompose.linking.libraries.django_validated import given_to_serializers, results_of_clean, rows_asked_later
from decompose.linking.libraries.framework import Example, Framework

_MODELS = """
from django.db import models

class Customer(models.Model):
    def is_blocked(self): pass
    def label(self): pass

class Order(models.Model):
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE)
    friends = models.ManyToManyField(Customer, related_name="friends_of")
"""

FRAMEWORK = Framework(
    name="Django's forms and serializers",
    summaries={},
    packages=("django", "rest_framework"),
    fixed_wires=(given_to_serializers, results_of_clean),
    wires=(rows_asked_later,),
    examples=(
        Example(
            {
                "shop/__init__.py": "",
                "shop/models.py": _MODELS,
                "shop/forms.py": """
                    from django import forms
                    from shop.models import Customer, Order

                    class OrderForm(forms.ModelForm):
                        payer = forms.ModelChoiceField(Customer.objects.all())
                        class Meta:
                            model = Order
                            fields = ["customer", "friends"]
                        def clean_customer(self):
                            return self.cleaned_data["customer"].is_blocked()
                        def clean(self):
                            data = super().clean()
                            for friend in data["friends"]:
                                friend.label()

                    def order(request):
                        form = OrderForm(request.POST)
                        return form.cleaned_data.get("payer").label()
                """,
            },
            calls=frozenset(
                {
                    "shop.forms:OrderForm.clean_customer -[call]-> shop.models:Customer.is_blocked",
                    "shop.forms:OrderForm.clean -[call]-> shop.models:Customer.label",
                    "shop.forms:order -[construct]-> shop.forms:OrderForm",
                    "shop.forms:OrderForm -[callback]-> shop.forms:OrderForm.clean",
                    "shop.forms:OrderForm -[callback]-> shop.forms:OrderForm.clean_customer",
                    "shop.forms:order -[call]-> shop.models:Customer.label",
                }
            ),
        ),
        Example(
            {
                "shop/__init__.py": "",
                "shop/models.py": """
                    from django.db import models

                    class Order(models.Model):
                        number = models.CharField(max_length=9, unique=True)
                        def clean(self): pass
                        def validate_unique(self, *given):
                            super().validate_unique(*given)
                """,
                "shop/forms.py": """
                    from django import forms
                    from shop.models import Order

                    class OrderForm(forms.ModelForm):
                        class Meta:
                            model = Order
                            fields = ["number"]
                        def clean_number(self): pass

                    class Search(forms.Form):
                        def clean(self): pass

                    def place(request):
                        form = OrderForm(request.POST)
                        if form.is_valid():
                            form.save()

                    def look(request):
                        return Search(request.GET).errors

                    def take(number):
                        Order(number=number).full_clean()

                    def keep(number):
                        Order(number=number).save()
                """,
            },
            calls=frozenset(
                {
                    "shop.forms:place -[construct]-> shop.forms:OrderForm",
                    "shop.forms:place -[call]-> shop.forms:OrderForm.clean_number",
                    "shop.forms:place -[call]-> shop.models:Order.clean",
                    "shop.forms:place -[call]-> shop.models:Order.validate_unique",
                    "shop.forms:look -[construct]-> shop.forms:Search",
                    "shop.forms:look -[call]-> shop.forms:Search.clean",
                    "shop.forms:take -[construct]-> shop.models:Order",
                    "shop.forms:take -[call]-> shop.models:Order.clean",
                    "shop.forms:take -[call]-> shop.models:Order.validate_unique",
                    "shop.forms:keep -[construct]-> shop.models:Order",
                    "shop.forms:OrderForm -[callback]-> shop.forms:OrderForm.clean_number",
                    "shop.forms:Search -[callback]-> shop.forms:Search.clean",
                }
            ),
        ),
        Example(
            {
                "shop/__init__.py": "",
                "shop/models.py": _MODELS,
                "shop/serializers.py": """
                    from rest_framework import serializers
                    from shop.models import Customer, Order

                    class OrderSerializer(serializers.ModelSerializer):
                        buyer = serializers.PrimaryKeyRelatedField(source="customer", queryset=Customer.objects.all())
                        class Meta:
                            model = Order
                            fields = ["buyer", "friends"]
                        def validate_friends(self, value):
                            return [friend.label() for friend in value]
                        def create(self, validated_data):
                            validated_data["customer"].is_blocked()
                """,
            },
            calls=frozenset(
                {
                    "shop.serializers:OrderSerializer.validate_friends -[call]-> shop.models:Customer.label",
                    "shop.serializers:OrderSerializer.create -[call]-> shop.models:Customer.is_blocked",
                    "shop.serializers:OrderSerializer -[callback]-> shop.serializers:OrderSerializer.create",
                    "shop.serializers:OrderSerializer -[callback]-> shop.serializers:OrderSerializer.validate_friends",
                }
            ),
        ),
    ),
    look_alikes=(
        Example(
            {
                "shop/__init__.py": "",
                "shop/models.py": _MODELS,
                "shop/forms.py": """
                    from shop.models import Order

                    class OrderForm:
                        class Meta:
                            model = Order
                            fields = ["customer"]
                        def clean_customer(self):
                            return self.cleaned_data["customer"].is_blocked()

                    class Account:
                        def is_blocked(self): pass
                """,
            },
        ),
    ),
)
