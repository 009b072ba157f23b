from flask_sqlalchemy import *
