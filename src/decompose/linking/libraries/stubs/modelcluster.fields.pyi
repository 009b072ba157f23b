from django.db.models import ForeignKey, ManyToManyField


class ParentalKey(ForeignKey): ...


class ParentalManyToManyField(ManyToManyField): ...
