from fsspec import AbstractFileSystem

S3FileSystem = AbstractFileSystem
