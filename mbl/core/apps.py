from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "mbl.core"
    label = "core"

    def ready(self) -> None:
        from django.utils.module_loading import autodiscover_modules

        from mbl.core import account_events, checks  # noqa: F401  (they register themselves)

        # Each app's verbs, job handlers, notices and words register themselves by being imported.
        autodiscover_modules("verbs", "jobs", "words", "notices")
