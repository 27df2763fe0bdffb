from django.apps import AppConfig


class PasiConfig(AppConfig):
    name = "pasi"
    verbose_name = "Set-up"

    def ready(self) -> None:
        # They register themselves with their libraries.
        from pasi import checks, fields_schema, schema  # noqa: F401
