from marshmallow_sqlalchemy import ModelSchema as _ModelSchema
from marshmallow_sqlalchemy import SQLAlchemySchema


class Marshmallow:
    ModelSchema: type[_ModelSchema]
    SQLAlchemySchema: type[SQLAlchemySchema]
    SQLAlchemyAutoSchema: type[SQLAlchemySchema]

    def init_app(self, app): ...
