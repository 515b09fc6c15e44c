from django.apps import AppConfig


class CreditingConfig(AppConfig):
    name = "crediting"
