"""For the type checker, which loads the apps and asks no server."""

import os

# ``make`` hands on an address that is not set as an empty one.
for name, stand_in in {
    "SECRET_KEY": "types-only",
    "DATABASE_URL": "postgresql:///types",
    "REDIS_URL": "unix:///types",
}.items():
    os.environ[name] = os.environ.get(name) or stand_in

from mbl.settings import *  # noqa: E402, F403
