from django.db.models import JSONField
