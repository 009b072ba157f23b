from django.views.generic import View
