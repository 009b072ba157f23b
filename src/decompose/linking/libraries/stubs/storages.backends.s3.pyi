from django.core.files.storage import Storage

S3Storage = Storage
S3StaticStorage = Storage
S3ManifestStaticStorage = Storage
