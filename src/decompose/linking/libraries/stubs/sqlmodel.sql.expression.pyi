from sqlalchemy import *
from sqlalchemy import Select as SelectOfScalar
