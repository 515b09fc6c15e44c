from importlib import import_module

from django.apps import AppConfig


class HomeConfig(AppConfig):
    name = "mbl.home"
    label = "home"

    def ready(self) -> None:
        # Every process that writes jobs knows the broker: web, commands and scripts, not only the worker.
        import_module("mbl.celery")
