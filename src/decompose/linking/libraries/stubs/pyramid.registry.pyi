from typing import Any

class Registry(dict):
    __has_more__ = True
    __keeps_attributes__ = True

    settings: dict[str, Any]
    package_name: str
