"""The product's settings, with the bare reference page beside its own."""

from mbl.settings import *  # noqa: F403

ROOT_URLCONF = "bench.reference"
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
