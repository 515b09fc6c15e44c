from django.apps import AppConfig


class HsbpConfig(AppConfig):
    name = "hsbp"
