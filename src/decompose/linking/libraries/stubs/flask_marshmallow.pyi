from marshmallow_sqlalchemy import SQLAlchemySchema


class Marshmallow:
    ModelSchema: type[SQLAlchemySchema]
    SQLAlchemySchema: type[SQLAlchemySchema]
    SQLAlchemyAutoSchema: type[SQLAlchemySchema]

    def init_app(self, app): ...
