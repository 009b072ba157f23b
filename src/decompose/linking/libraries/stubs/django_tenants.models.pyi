from django.db.models import BooleanField, CharField, ForeignKey, OutsideModel


class TenantMixin(OutsideModel):
    schema_name = CharField()

    class Meta:
        abstract = True


class DomainMixin(OutsideModel):
    domain = CharField()
    is_primary = BooleanField()

    class Meta:
        abstract = True
