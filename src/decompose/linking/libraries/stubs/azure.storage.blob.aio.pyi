from azure.storage.blob import BlobClient, BlobServiceClient, ContainerClient
