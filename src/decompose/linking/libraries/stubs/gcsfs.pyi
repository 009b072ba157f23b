from fsspec import AbstractFileSystem

GCSFileSystem = AbstractFileSystem
