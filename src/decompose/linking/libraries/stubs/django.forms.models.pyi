from django.forms import *
