from alchemical import Alchemical as _Alchemical
from alchemical import Model


class Alchemical(_Alchemical):
    def init_app(self, app): ...
