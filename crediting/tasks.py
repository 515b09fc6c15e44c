"""What crediting does by the clock."""

import logging

from celery import shared_task

from crediting.actions.fetch_standards import fetch_all

log = logging.getLogger(__name__)


@shared_task(name="crediting.fetch_standards")
def fetch_standards() -> None:
    """Each day: standards from the addresses that districts named, where the installation allows any."""
    if changed := fetch_all():
        log.info("%s frameworks were brought up to date", changed)
