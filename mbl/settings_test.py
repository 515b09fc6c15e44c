"""Test settings: faster hashing and files in a folder that goes away. Behaviour stays that of ``settings``."""

import os

os.environ.setdefault("SECRET_KEY", "tests-only-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFG")
os.environ.setdefault("DEMO_MODE", "1")

from mbl import env
from mbl.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}  # noqa: F405
ALLOWED_HOSTS = [*ALLOWED_HOSTS, "testserver"]  # noqa: F405
# Empties its tables quickly; see mbl/services/test_engine/base.py.
DATABASES["default"]["ENGINE"] = "mbl.services.test_engine"  # noqa: F405
# A database that is migrated already; see mbl/services/template.py.
if env.text("TEST_DATABASE_TEMPLATE"):
    DATABASES["default"]["TEST"] = {"TEMPLATE": env.text("TEST_DATABASE_TEMPLATE")}  # noqa: F405
# The test runner may empty append-only tables (see mbl/core/models/triggers.py); production connections never say this.
DATABASES["default"]["OPTIONS"] = {**DATABASES["default"]["OPTIONS"], "options": "-c mbl.allow_flush=on"}  # type: ignore[dict-item]  # noqa: F405
# WhiteNoise wants the folder to be there, although nothing is collected for tests.
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # noqa: F405
