from decompose.effects import loads


class Apps:
    __has_more__ = True

    @loads()
    def get_model(self, app_label, model_name=None, require_ready=True): ...
    def get_app_config(self, app_label): ...


apps: Apps
