from meilisearch import Client, Index

AsyncClient = Client
AsyncIndex = Index
