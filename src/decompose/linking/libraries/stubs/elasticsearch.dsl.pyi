from elasticsearch_dsl import *
from elasticsearch_dsl import DocType, Document, Index, Search
