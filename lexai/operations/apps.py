from django.apps import AppConfig


class OperationsConfig(AppConfig):
    name = "lexai.operations"
    label = "operations"

    def ready(self) -> None:
        from lexai import checks  # noqa: F401, PLC0415 - registers the system checks once the apps are ready
