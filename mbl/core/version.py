"""Which version of the product this is."""

import tomllib
from functools import cache
from pathlib import Path

from django.conf import settings


@cache
def product_version() -> str:
    """The ``version`` of ``pyproject.toml``, the one place that says it."""
    with (Path(settings.BASE_DIR) / "pyproject.toml").open("rb") as file:
        return str(tomllib.load(file)["project"]["version"])
