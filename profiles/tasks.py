"""What the clock asks of people and rosters."""

from celery import shared_task
from django.utils.translation import gettext as _

from mbl.core.jobs import enqueue
from profiles.actions.name_words import renew_name_words
from profiles.actions.pickup import waiting


@shared_task(name="profiles.pick_up")
def pick_up() -> None:
    """Every few minutes: a job, where a file waits in the pick-up folder."""
    if found := waiting():
        enqueue(
            "profiles.pick_up",
            owner=None,
            district=None,
            label=_("Reading the pick-up folder"),
            params={},
            dedupe_key="pick-up",
            total=len(found),
        )


@shared_task(name="profiles.renew_name_words")
def forget_old_names() -> None:
    """Each night: names that nobody has any more are no longer searched by."""
    renew_name_words()
