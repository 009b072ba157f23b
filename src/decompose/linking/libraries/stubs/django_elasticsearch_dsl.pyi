from elasticsearch_dsl import Document as _Document
from elasticsearch_dsl import Index as _Index

Document = _Document
Index = _Index
