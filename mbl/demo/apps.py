from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "mbl.demo"
    label = "demo"
