from flask_sqlalchemy import Model
