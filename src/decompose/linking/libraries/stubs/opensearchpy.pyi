from elasticsearch import Elasticsearch

OpenSearch = Elasticsearch
AsyncOpenSearch = Elasticsearch
