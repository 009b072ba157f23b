from sqlalchemy import *
