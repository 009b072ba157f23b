from django.core.files.storage import Storage

S3Boto3Storage = Storage
