from fsspec import AbstractFileSystem

AzureBlobFileSystem = AbstractFileSystem
