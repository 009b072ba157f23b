from django.core.files.storage import Storage

DropBoxStorage = Storage
