"""The pages of a replay: start, watch, stop, read, download; and what another district learns of it."""

from __future__ import annotations

import csv
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from crediting.actions.policy import load_policy
from crediting.actions.replays import start_replay
from crediting.models import PolicyReplay, PolicyVersion
from crediting.rules.policy.writing import with_parts
from mbl.core import jobs
from mbl.core.states import JobState
from profiles.models import Course, Student
from tests.assertions import assert_no_writes
from tests.factories.crediting import Ground, make_ground
from tests.factories.profiles import make_account_holder, make_student
from tests.factories.replays import FIRST, LAST, NOT_MET, decided, decided_alike, make_other, make_replay
from tests.personas import Personas

pytestmark = pytest.mark.django_db

QUERIES = 9


def days(version: PolicyVersion) -> dict[str, str]:
    return {"version": str(version.public_id), "first_day": FIRST.isoformat(), "last_day": LAST.isoformat()}


def page_of(replay: PolicyReplay, step: str = "replay") -> str:
    return reverse(f"crediting:{step}", args=[replay.public_id])


def another(personas: Personas, name: str = "Noor Haddad") -> Student:
    return make_student(personas.school, person=make_account_holder(personas.district, name))


def test_from_the_draft_to_what_would_change(personas: Personas, ground: Ground) -> None:
    decision = decided(ground, personas)
    decided(ground, personas, NOT_MET, student=another(personas))
    draft = make_other(ground)
    browser = personas.administrator.client()
    start = reverse("crediting:policy-replay", args=[draft.public_id])
    for name in ("policy", "policy-try"):
        assert start in browser.get(reverse(f"crediting:{name}", args=[draft.public_id])).content.decode()
    with assert_no_writes():
        empty = browser.get(start).content.decode()
    assert "Nothing was replayed yet" in empty

    browser.post(start, days(draft))
    second = browser.post(start, days(draft))
    replay = PolicyReplay.objects.get()
    assert second["Location"] == page_of(replay)
    assert "This waits for its turn." in browser.get(page_of(replay)).content.decode()
    jobs.run(replay.job_id)
    replay.refresh_from_db()
    assert replay.job.result_url == page_of(replay)

    with assert_no_writes():
        page = browser.get(page_of(replay)).content.decode()
    assert "1 of 2 decisions would come out otherwise." in page
    assert "Not given any more" in page and "Sofia Ramirez" in page and "Noor Haddad" not in page
    assert "1.0 credits, mark P" in page and "Refused" in page
    assert "Procedure 2409, section 4" in page
    assert reverse("crediting:decided", args=[decision.public_id]) in page
    assert reverse("equity:replay", args=[replay.public_id]) in page
    assert "The draft was changed after this replay" not in page
    assert "Nothing was replayed yet" not in browser.get(start).content.decode()


def test_outcomes_lead_to_the_requests_beneath_them(personas: Personas, ground: Ground) -> None:
    decided(ground, personas)
    decided(ground, personas, NOT_MET, student=another(personas))
    replay = make_replay(make_other(ground, now="level: developing"), personas.administrator.user)
    browser = personas.administrator.client()
    assert "then=refused&amp;now=award&amp;change=newly#changed" in browser.get(page_of(replay)).content.decode()
    narrowed = browser.get(page_of(replay), {"then": "refused", "now": "award", "change": "newly"}).content.decode()
    assert "Noor Haddad" in narrowed and "Show all of them" in narrowed
    other = browser.get(page_of(replay), {"then": "award", "now": "refused"}).content.decode()
    assert "Noor Haddad" not in other


def test_a_draft_that_was_changed_says_so_and_can_be_run_again(personas: Personas, ground: Ground) -> None:
    decided(ground, personas)
    draft = make_other(ground)
    replay = make_replay(draft, personas.administrator.user)
    make_other(ground, "mark: P", "mark: S")
    browser = personas.administrator.client()
    page = browser.get(page_of(replay)).content.decode()
    assert "The draft was changed after this replay" in page and "Run it again" in page
    browser.post(reverse("crediting:policy-replay", args=[draft.public_id]), days(draft))
    again = PolicyReplay.objects.get(job__state=JobState.WAITING)
    jobs.run(again.job_id)
    assert "The draft was changed after this replay" not in browser.get(page_of(again)).content.decode()
    listed = browser.get(reverse("crediting:policy-replay", args=[draft.public_id])).content.decode()
    assert listed.count("changed since") == 1


def test_a_replay_is_stopped_and_started_again(personas: Personas, ground: Ground) -> None:
    draft = make_other(ground)
    replay = start_replay(draft, first_day=FIRST, last_day=LAST, actor=personas.administrator.user)
    browser = personas.administrator.client()
    browser.post(page_of(replay, "replay-stop"))
    page = browser.get(page_of(replay)).content.decode()
    assert "Somebody stopped this replay. Nothing of it was kept." in page and "Run it again" in page
    browser.post(reverse("crediting:policy-replay", args=[draft.public_id]), days(draft))
    assert PolicyReplay.objects.count() == 2


def test_the_progress_is_a_fragment_that_leads_on_when_it_is_done(personas: Personas, ground: Ground) -> None:
    replay = start_replay(make_other(ground), first_day=FIRST, last_day=LAST, actor=personas.administrator.user)
    browser, htmx = personas.administrator.client(), {"HX-Request": "true"}
    fragment = browser.get(page_of(replay), headers=htmx).content.decode()
    assert "<h1" not in fragment and f'hx-get="{page_of(replay)}"' in fragment
    jobs.run(replay.job_id)
    assert browser.get(page_of(replay), headers=htmx)["HX-Redirect"] == page_of(replay)


def test_a_draft_with_a_fault_says_why_it_cannot_be_replayed(personas: Personas, ground: Ground) -> None:
    text = with_parts(ground.version.source, {"rules": []})
    draft = load_policy(personas.district, text=text, actor=None).version
    answer = personas.administrator.client().post(
        reverse("crediting:policy-replay", args=[draft.public_id]), days(draft)
    )
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "This version cannot be replayed yet" in page and "rule" in page
    assert not PolicyReplay.objects.exists()


def test_days_in_the_wrong_order_and_a_version_of_elsewhere_are_refused(personas: Personas, ground: Ground) -> None:
    draft, far = make_other(ground), make_ground(personas.other_school).version
    browser, start = personas.administrator.client(), reverse("crediting:policy-replay", args=[draft.public_id])
    wrong = browser.post(start, days(draft) | {"first_day": "2026-07-01", "last_day": "2026-06-30"})
    assert wrong.status_code == 422 and "The last day cannot be before the first." in wrong.content.decode()
    assert browser.post(start, days(far)).status_code == 422
    assert not PolicyReplay.objects.exists()


def test_what_cannot_be_replayed_is_counted_with_why(personas: Personas, ground: Ground) -> None:
    decided(ground, personas)
    draft = make_other(
        ground,
        "      - standards: {level: proficient, at_least: 2}",
        "      - standards: {level: proficient, at_least: 2}\n      - student: {groups: [foster]}",
    )
    replay = make_replay(draft, personas.administrator.user)
    page = personas.administrator.client().get(page_of(replay)).content.decode()
    assert "a replay looks at nobody’s programs: <strong>1</strong>" in page
    assert "Sofia Ramirez" not in page


def test_the_file_says_the_same_and_starts_no_formula(personas: Personas, ground: Ground) -> None:
    decided(ground, personas)
    Course.objects.filter(pk=ground.course.pk).update(title="=HYPERLINK(0)")
    replay = make_replay(make_other(ground, "up_to: 1.0", "up_to: 0.5"), personas.administrator.user)
    answer = personas.administrator.client().get(page_of(replay, "replay-file"))
    assert answer["Content-Disposition"].startswith("attachment")
    [row] = csv.DictReader(io.StringIO(b"".join(answer).decode("utf-8-sig")))
    assert (row["Student"], row["Course title"]) == ("Sofia Ramirez", "'=HYPERLINK(0)")
    assert (row["Credits then"], row["Credits now"], row["What changes"]) == ("1.000", "0.500", "Less credit")
    assert "Procedure 2409, section 4" in row["Why now"]


def test_the_list_takes_the_same_trips_for_one_and_for_thirty_rows(personas: Personas, ground: Ground) -> None:
    first, draft = decided(ground, personas), make_other(ground)
    few = make_replay(draft, personas.administrator.user)
    decided_alike(first, [make_student(personas.school) for _number in range(34)])
    many = make_replay(draft, personas.administrator.user)
    browser = personas.administrator.client()
    browser.get(page_of(few))
    counts = []
    for replay, rows in ((few, 1), (many, 30)):
        with CaptureQueriesContext(connection) as queries:
            page = browser.get(page_of(replay)).content.decode()
        assert page.count("How it was decided<span") == rows
        counts.append(len(queries))
    assert counts == [QUERIES, QUERIES]
    assert "31 to 35 of 35" in browser.get(page_of(many), {"page": "2"}).content.decode()


def test_another_district_knows_nothing_of_it(personas: Personas, ground: Ground) -> None:
    decided(ground, personas)
    replay = make_replay(make_other(ground), personas.administrator.user)
    elsewhere = personas.other_district_administrator.client()
    assert elsewhere.get(page_of(replay)).status_code == 404
    assert elsewhere.get(page_of(replay, "replay-file")).status_code == 404
    assert elsewhere.post(page_of(replay, "replay-stop")).status_code == 404
    start = reverse("crediting:policy-replay", args=[replay.version.public_id])
    assert elsewhere.post(start, days(replay.version)).status_code == 404
