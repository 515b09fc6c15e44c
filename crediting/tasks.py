"""What crediting does by the clock."""

import logging

from celery import shared_task

from crediting.actions.award_choices import remind_of_choices
from crediting.actions.award_proposals import look_later
from crediting.actions.award_reviews import review_later
from crediting.actions.converted import keep_later
from crediting.actions.fetch_standards import fetch_all
from crediting.actions.replays import forget_old_replays
from mbl.core.models import District

log = logging.getLogger(__name__)


@shared_task(name="crediting.fetch_standards")
def fetch_standards() -> None:
    """Each day: standards from the addresses that districts named, where the installation allows any."""
    if changed := fetch_all():
        log.info("%s frameworks were brought up to date", changed)


@shared_task(name="crediting.look_for_awards")
def look_for_awards() -> None:
    """Each night: what results on file would earn, what a statute demands, and which awards no longer rest on what they
    have to, in every district."""
    for district in District.objects.order_by("pk"):
        look_later(district)
        review_later(district)


@shared_task(name="crediting.remind_of_choices")
def remind_all() -> None:
    """Each day: students and families whose last day to choose is near, once for each choice."""
    for district in District.objects.order_by("pk"):
        if near := remind_of_choices(district):
            log.info("%s choices are due soon", near)


@shared_task(name="crediting.forget_old_replays")
def forget_old() -> None:
    """Each day: results of replays that are kept long enough."""
    for district in District.objects.order_by("pk"):
        if gone := forget_old_replays(district):
            log.info("The results of %s replays were removed", gone)


@shared_task(name="crediting.keep_grades")
def keep_grades_of_ended_windows() -> None:
    """Each hour: letter grades of windows that have ended. A window that was missed is found by the next round."""
    for district in District.objects.order_by("pk"):
        if kept := keep_later(district):
            log.info("The letter grades of %s windows are being kept", len(kept))
