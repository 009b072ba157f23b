from django.core.files.storage import Storage

AzureStorage = Storage
