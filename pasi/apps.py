from django.apps import AppConfig


class PasiConfig(AppConfig):
    name = "pasi"
    verbose_name = "Set-up"

    def ready(self) -> None:
        from pasi import checks, schema  # noqa: F401  (both register themselves with their library)
