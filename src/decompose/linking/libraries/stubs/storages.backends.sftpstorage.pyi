from django.core.files.storage import Storage

SFTPStorage = Storage
