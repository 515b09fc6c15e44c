"""Writing a policy in the browser, part by part; trying it; two people at once."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from crediting.actions.policy import load_policy, publish_policy
from crediting.interchange import starter
from crediting.models import PolicyVersion
from crediting.rules.policy import document
from crediting.states import PolicyState
from mbl.core.models import AuditEvent
from profiles.models import Course
from tests.assertions import assert_no_writes
from tests.crediting.pages import flat
from tests.factories.policies import D4
from tests.personas import Personas

pytestmark = pytest.mark.django_db
SAMPLE = starter.sample_policies()["1"]
Courses = dict[str, Course]


def url(version: PolicyVersion, step: str = "policy", *more: str) -> str:
    return reverse(f"crediting:{step}", args=[version.public_id, *more])


def draft_of(personas: Personas, text: str = D4) -> PolicyVersion:
    return load_policy(personas.district, text=text, actor=None).version


def seen(browser: Client, address: str) -> str:
    """The fingerprint that the page hands out with what it shows."""
    answer = browser.get(address)
    assert answer.status_code == 200
    found = answer.context["seen"]
    assert isinstance(found, str)
    return found


def written(version: PolicyVersion) -> dict[str, object]:
    version.refresh_from_db()
    found = document.read(version.source).value
    assert isinstance(found, dict)
    return found


# --- Beginning --------------------------------------------------------------------------------------------------------

START = {
    "series": "2410",
    "title": "Science credit by showing mastery",
    "first_day": "2026-09-01",
    "roles": ["credit_manager"],
    "two_roles": "on",
}


def test_a_draft_begins_with_nothing_decided(personas: Personas, courses: Courses) -> None:
    browser = personas.administrator.client()

    answer = browser.post(reverse("crediting:policy-start"), START)

    draft = PolicyVersion.objects.get()
    assert answer.headers["Location"] == url(draft)
    assert (draft.series.code, draft.number, draft.state) == ("2410", 1, PolicyState.DRAFT)
    assert written(draft)["courses"] == written(draft)["rules"] == []
    assert [event.verb for event in AuditEvent.objects.filter(target_id=draft.public_id)] == [
        "crediting.policy.drafted"
    ]


def test_a_second_draft_of_the_policy_is_not_begun_over_the_first(personas: Personas, courses: Courses) -> None:
    draft = draft_of(personas)

    answer = personas.administrator.client().post(reverse("crediting:policy-start"), START | {"series": "2403"})

    assert answer.status_code == 422
    assert url(draft) in answer.content.decode()
    assert PolicyVersion.objects.get().source == D4


def test_a_sample_keeps_its_rules_and_takes_the_district_s_number(personas: Personas, courses: Courses) -> None:
    personas.administrator.client().post(reverse("crediting:policy-start"), START | {"sample": "1"})

    draft = PolicyVersion.objects.get()
    assert written(draft)["series"] == "2410"
    assert written(draft)["rules"] and "adopted" not in written(draft)


def test_a_new_version_begins_where_the_other_ends_and_is_not_adopted(personas: Personas, courses: Courses) -> None:
    version = publish_policy(draft_of(personas), actor=None)
    browser = personas.administrator.client()

    browser.post(url(version, "policy-next"))
    again = browser.post(url(version, "policy-next"))

    draft = PolicyVersion.objects.get(state=PolicyState.DRAFT)
    assert draft.number == 2 and again.headers["Location"] == url(draft)
    assert draft.adopted_on is None and draft.effective.lower > version.effective.lower
    assert written(draft)["rules"] == written(version)["rules"]


# --- Parts ------------------------------------------------------------------------------------------------------------


def test_a_part_is_saved_and_the_rest_of_the_text_stays_as_it_was(personas: Personas, courses: Courses) -> None:
    draft = draft_of(personas, "# The district's own remark\n" + D4)
    browser = personas.administrator.client()
    address = url(draft, "policy-part", "appeal")

    answer = browser.post(
        address,
        {"seen": seen(browser, address), "do": "save", "appeal.to": "the superintendent", "appeal.within_days": "20"},
    )

    assert answer.status_code == 302
    assert written(draft)["appeal"] == {"to": "the superintendent", "within_days": 20}
    assert draft.source.startswith("# The district's own remark\n")
    assert set(D4.splitlines()) <= set(draft.source.splitlines())


def test_a_fault_is_shown_at_its_input_and_nothing_typed_is_lost(personas: Personas, courses: Courses) -> None:
    draft = draft_of(personas)
    browser = personas.administrator.client()
    address = url(draft, "policy-part", "appeal")

    answer = browser.post(
        address,
        {"seen": seen(browser, address), "do": "save", "appeal.to": "the board", "appeal.within_days": "a few"},
    )

    page = answer.content.decode()
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["appeal.within_days"]
    assert 'value="a few"' in page and 'value="the board"' in page
    assert "appeal" not in written(draft)


def test_the_second_of_two_people_is_told_and_keeps_the_text(personas: Personas, courses: Courses) -> None:
    draft = draft_of(personas)
    browser = personas.administrator.client()
    address = url(draft, "policy-part", "appeal")
    opened = seen(browser, address)
    first = {"seen": opened, "do": "save", "appeal.to": "the board", "appeal.within_days": "10"}
    browser.post(address, first)

    second = browser.post(address, first | {"appeal.to": "the superintendent"})
    page = second.content.decode()

    assert second.status_code == 409
    assert "Somebody else has saved this part" in page and 'value="the superintendent"' in page
    assert "to: the board" in page
    browser.post(address, first | {"seen": second.context["seen"], "appeal.to": "the superintendent"})
    assert written(draft)["appeal"] == {"to": "the superintendent", "within_days": 10}


def test_the_same_part_sent_twice_is_saved_once(personas: Personas, courses: Courses) -> None:
    draft = draft_of(personas)
    browser = personas.administrator.client()
    address = url(draft, "policy-part", "appeal")
    said = {"seen": seen(browser, address), "do": "save", "appeal.to": "the board", "appeal.within_days": "10"}

    assert [browser.post(address, said).status_code for _each in range(2)] == [302, 302]
    # Loaded, and changed once.
    assert AuditEvent.objects.filter(target_id=draft.public_id).count() == 2


def test_another_part_that_somebody_changed_is_not_in_the_way(personas: Personas, courses: Courses) -> None:
    draft = draft_of(personas)
    browser = personas.administrator.client()
    appeal, calendar = url(draft, "policy-part", "appeal"), url(draft, "policy-part", "calendar")
    opened = seen(browser, appeal)
    row = {"kind": "semester", "from": "2026-09-01", "to": "2027-01-29"}
    browser.post(
        calendar, {"seen": seen(browser, calendar), **{f"calendar[1].{key}": value for key, value in row.items()}}
    )

    browser.post(appeal, {"seen": opened, "do": "save", "appeal.to": "the board", "appeal.within_days": "10"})

    assert written(draft)["calendar"] == [row]
    assert written(draft)["appeal"] == {"to": "the board", "within_days": 10}


@pytest.mark.rule("R2")
def test_a_published_version_has_nothing_to_edit(personas: Personas, courses: Courses) -> None:
    draft = draft_of(personas)
    browser = personas.administrator.client()
    address = url(draft, "policy-part", "appeal")
    opened = seen(browser, address)
    publish_policy(draft, actor=None)

    for where in (address, url(draft, "policy-courses"), url(draft, "policy-rule-new"), url(draft, "policy-as-text")):
        answer = browser.post(where, {"seen": opened, "do": "save", "appeal.to": "x", "appeal.within_days": "1"})
        assert answer.headers["Location"] == url(draft)
    assert written(draft) == document.read(D4).value


# --- Rules ------------------------------------------------------------------------------------------------------------

RULE = {
    "code": "D4-M9",
    "method": "LOCAL_ASSESSMENT",
    "kinds": ["all"],
    "courses": ["MAT101"],
    "credit.exactly": "0.5",
    "mark.value": "P",
    "citation": "Procedure 2403P",
}


def test_a_rule_grows_condition_by_condition_without_saving(personas: Personas, courses: Courses) -> None:
    draft = draft_of(personas)
    browser = personas.administrator.client()
    address = url(draft, "policy-rule-new")
    typed: dict[str, object] = {**RULE, "seen": seen(browser, address)}

    with assert_no_writes():
        answer = browser.post(address, typed | {"do": "add:when", "kind:when": "any_of"})
    assert answer.context["focus"] == "when[1]"
    typed |= {"when[1]": "any_of"}
    answer = browser.post(address, typed | {"do": "add:when[1].any_of", "kind:when[1].any_of": "standards"})
    assert answer.context["focus"] == "when[1].any_of[1]"
    assert "autofocus" in answer.content.decode() and 'value="Procedure 2403P"' in answer.content.decode()
    typed |= {"when[1].any_of[1]": "standards", "when[1].any_of[1].standards.level": "proficient"}
    typed |= {"when[1].any_of[2]": "reflection"}
    answer = browser.post(address, typed | {"do": "up:when[1].any_of[2]"})
    assert answer.context["form"]["when[1].any_of[1]"].value() == "reflection"
    assert answer.context["form"]["when[1].any_of[2].standards.level"].value() == "proficient"
    assert "D4-M9" not in str(written(draft))

    browser.post(address, typed | {"do": "save"})

    rules = written(draft)["rules"]
    assert isinstance(rules, list)
    assert rules[-1] == {
        "code": "D4-M9",
        "method": "LOCAL_ASSESSMENT",
        "kinds": "all",
        "courses": ["MAT101"],
        "when": [{"any_of": [{"standards": {"level": "proficient"}}, {"reflection": "required"}]}],
        "credit": {"exactly": document.read("0.5").value},
        "mark": "P",
        "citation": "Procedure 2403P",
    }


def test_a_condition_that_is_not_filled_in_says_which_input_waits(personas: Personas, courses: Courses) -> None:
    draft = draft_of(personas)
    browser = personas.administrator.client()
    address = url(draft, "policy-rule-new")
    typed: dict[str, object] = {**RULE, "seen": seen(browser, address), "do": "save"}

    answer = browser.post(address, typed | {"when[1]": "standards", "credit.exactly": "half"})

    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"when[1].standards.level", "credit.exactly"}
    assert 'value="half"' in answer.content.decode()


def test_a_rule_is_taken_away(personas: Personas, courses: Courses) -> None:
    draft = draft_of(personas)
    browser = personas.administrator.client()
    rules = written(draft)["rules"]
    assert isinstance(rules, list)
    address = url(draft, "policy-rule", rules[0]["code"])

    browser.post(address, {"seen": seen(browser, address), "do": "drop"})

    assert written(draft)["rules"] == rules[1:]
    assert browser.get(address).status_code == 404


# --- Courses ----------------------------------------------------------------------------------------------------------


def test_a_course_of_the_catalog_is_added_and_opened(personas: Personas, courses: Courses) -> None:
    draft = draft_of(personas)
    browser = personas.administrator.client()
    address = url(draft, "policy-courses")
    codes = [course["code"] for course in document.read(D4).value["courses"]]
    boxes: dict[str, object] = {"seen": seen(browser, address), "line": codes}
    for rule in document.read(D4).value["rules"]:
        for code in codes if rule["courses"] == "all" else rule["courses"]:
            boxes.setdefault(f"open:{code}", []).append(rule["code"])  # type: ignore[attr-defined]

    shown = browser.post(address, boxes | {"do": "look", "q": "engl", "add": ["ENG101"]})
    assert [line.code for line in shown.context["lines"]] == [*codes, "ENG101"]
    assert "ENG101" not in str(written(draft))
    rule = document.read(D4).value["rules"][0]["code"]
    browser.post(address, boxes | {"do": "save", "add": ["ENG101"], "line": [*codes, "ENG101"], "open:ENG101": [rule]})

    listed = written(draft)["courses"]
    assert isinstance(listed, list)
    assert listed[-1]["code"] == "ENG101" and listed[-1]["subject"] == "english"
    opened = written(draft)["rules"]
    assert isinstance(opened, list)
    assert "ENG101" in opened[0]["courses"] or opened[0]["courses"] == "all"


def test_a_rule_cannot_be_left_without_a_course(personas: Personas, courses: Courses) -> None:
    draft = draft_of(personas)
    browser = personas.administrator.client()
    address = url(draft, "policy-courses")
    codes = [course["code"] for course in document.read(D4).value["courses"]]

    answer = browser.post(address, {"seen": seen(browser, address), "do": "save", "line": codes})

    said = answer.content.decode()
    assert answer.status_code == 422 and "is left without a course" in said
    first = codes_of(draft)[0]
    assert f'href="{url(draft, "policy-rule", first)}"' in said and f'href="#column-{first}"' in said
    assert written(draft) == document.read(D4).value


# --- The order of rules -----------------------------------------------------------------------------------------------


def codes_of(draft: PolicyVersion) -> list[str]:
    draft.refresh_from_db()
    return [rule["code"] for rule in document.read(draft.source).value["rules"]]


def test_a_rule_moves_up_and_down_and_a_second_click_changes_nothing(personas: Personas, courses: Courses) -> None:
    draft = draft_of(personas, SAMPLE)
    browser = personas.administrator.client()
    first, second, third, *others = codes_of(draft)

    for _click in range(2):
        answer = browser.post(url(draft, "policy-rule-move", second), {"before": first})
        assert answer.headers["Location"] == f"{url(draft)}#rule-{second}"
        assert codes_of(draft) == [second, first, third, *others]
    browser.post(url(draft, "policy-rule-move", second), {"before": ""})

    assert codes_of(draft) == [first, third, *others, second]
    assert len(AuditEvent.objects.filter(target_id=draft.public_id)) == 3  # the draft itself, and two moves
    assert written(draft)["courses"] == document.read(SAMPLE).value["courses"]


def test_a_rule_that_somebody_took_away_is_not_moved(personas: Personas, courses: Courses) -> None:
    draft = draft_of(personas)
    before = codes_of(draft)

    for code, place in ((before[0], "GONE"), ("GONE", ""), (before[0], before[0])):
        answer = personas.administrator.client().post(url(draft, "policy-rule-move", code), {"before": place})
        assert answer.status_code == 400 and "Nothing was moved" in answer.content.decode()
    assert codes_of(draft) == before


def test_each_rule_offers_the_places_it_can_take(personas: Personas, courses: Courses) -> None:
    draft = draft_of(personas, SAMPLE)
    codes = codes_of(draft)
    browser = personas.administrator.client()

    with assert_no_writes():
        lines = browser.get(url(draft)).context["rules"]

    assert [line.code for line in lines] == codes
    assert [line.up for line in lines] == [None, *codes[:-1]]
    assert [line.down for line in lines] == [*codes[2:], "", None]


# --- Text -------------------------------------------------------------------------------------------------------------


def test_faults_of_the_text_stand_next_to_it_with_their_lines(personas: Personas, courses: Courses) -> None:
    draft = draft_of(personas)
    browser = personas.administrator.client()
    text = D4.replace("title:", "titel:", 1)

    answer = browser.post(url(draft, "policy-as-text"), {"text": text, "seen": draft.sha256})

    assert answer.status_code == 422
    assert f"Line {text[: text.index('titel')].count(chr(10)) + 1}," in answer.content.decode()
    assert "titel:" in answer.content.decode() and written(draft) == document.read(D4).value


def test_text_that_somebody_changed_meanwhile_is_not_overwritten_unasked(personas: Personas, courses: Courses) -> None:
    draft = draft_of(personas)
    browser = personas.administrator.client()
    mine, address = D4.replace("Mathematics", "Maths", 1), url(draft, "policy-as-text")
    browser.post(address, {"text": D4 + "# Theirs\n", "seen": draft.sha256})

    second = browser.post(address, {"text": mine, "seen": draft.sha256})

    assert second.status_code == 422 and "# Theirs" in second.content.decode()
    assert written(draft) == document.read(D4).value and draft.source.endswith("# Theirs\n")
    browser.post(address, {"text": mine, "seen": second.context["form"]["seen"].value()})
    draft.refresh_from_db()
    assert draft.source == mine


def test_a_text_for_another_policy_is_refused(personas: Personas, courses: Courses) -> None:
    draft = draft_of(personas)

    answer = personas.administrator.client().post(
        url(draft, "policy-as-text"), {"text": D4.replace('"2403"', '"2499"'), "seen": draft.sha256}
    )

    assert answer.status_code == 422 and "belongs to policy 2403" in answer.content.decode()
    assert PolicyVersion.objects.count() == 1


# --- Missing, and trying ----------------------------------------------------------------------------------------------


def test_what_is_missing_leads_to_where_it_is_mended(personas: Personas, courses: Courses) -> None:
    draft = draft_of(personas, D4.replace("  on: 2020-04-28\n", ""))

    checklist = personas.administrator.client().get(url(draft)).context["checklist"]

    open_items = [(item.word, item.why, item.url) for item in checklist if item.state_word == "Missing"]
    sentence = "Add the day on which the board adopted this version."
    assert open_items == [(sentence, "Title and dates", url(draft, "policy-part", "heading"))]


def test_a_refused_publication_names_the_parts_in_words_with_links(personas: Personas, courses: Courses) -> None:
    draft = draft_of(personas, D4.replace("    mark: P\n    citation: 2403P (1)\n", "", 1))

    answer = personas.administrator.client().post(url(draft, "policy-publish"))

    assert answer.status_code == 409
    refused = answer.content.decode().split('class="faults"')[1].split("</ul>")[0]
    assert "Rule D4-M1 does not say which mark it gives." in refused and "(mark)" not in refused
    assert f'<a href="{url(draft, "policy-rule", "D4-M1")}">Rules</a>' in refused


def test_a_case_is_tried_with_every_criterion_and_nothing_is_stored(personas: Personas, courses: Courses) -> None:
    draft = draft_of(personas)
    browser = personas.administrator.client()
    case = {
        "do": "try",
        "request.course": "MAT101",
        "request.method": "LOCAL_ASSESSMENT",
        "request.kind": "portfolio",
        "request.on": "2026-05-04",
        "request.reflection": "on",
    }
    for number in (1, 2, 3):
        case |= {f"request.standards[{number}].code": f"A-CED.{number}"}
        case |= {f"request.standards[{number}].levels": "developing\nproficient"}

    with assert_no_writes():
        answer = browser.post(url(draft, "policy-try"), case)

    (tried,) = answer.context["tried"]
    assert tried.outcome.is_award, tried.missing
    assert tried.criteria and all(item.state_word == "Met" for item in tried.criteria)
    assert "Credit is given" in answer.content.decode()


@pytest.mark.parametrize("sample", ["5", "6"])
def test_a_trial_begins_with_what_a_rule_asks_and_the_rule_grants_it(
    personas: Personas, courses: Courses, sample: str
) -> None:
    text = starter.sample_policies()[sample]
    draft = load_policy(personas.district, text=text, actor=None).version
    browser = personas.administrator.client()

    for code, title, _chosen in browser.get(url(draft, "policy-try")).context["ready"]:
        filled = flat(browser.get(url(draft, "policy-try"), {"case": code}).context["form"])
        answer = browser.post(url(draft, "policy-try"), {**dict(filled.lists()), "do": "try"})
        assert title.startswith(f"Rule {code}: ")
        assert [one.outcome.rule_code for one in answer.context["tried"] if one.outcome.is_granted] == [code], title


def test_a_case_with_a_fault_keeps_what_was_typed(personas: Personas, courses: Courses) -> None:
    draft = draft_of(personas)

    answer = personas.administrator.client().post(
        url(draft, "policy-try"), {"do": "try", "request.course": "MAT101", "results[1].taken": "2026-05-04"}
    )

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["results[1].instrument"]


def test_pasted_cases_say_whether_they_came_out_as_expected(personas: Personas, courses: Courses) -> None:
    draft = draft_of(personas)
    text = (
        "schema: mbl-cases/1\ncases:\n  - case: Nothing shown\n    request: {course: MAT101, on: 2026-05-04}\n"
        "    expect: {outcome: award}\n"
    )

    answer = personas.administrator.client().post(url(draft, "policy-try"), {"do": "paste", "text": text})
    faulty = personas.administrator.client().post(url(draft, "policy-try"), {"do": "paste", "text": "cases: 3"})

    assert [one.verdict for one in answer.context["tried"]] == ["Not as expected"]
    assert faulty.status_code == 422 and "Line 1" in faulty.content.decode()


# --- What is different ------------------------------------------------------------------------------------------------


def test_a_later_version_says_what_it_changes(personas: Personas, courses: Courses) -> None:
    version = publish_policy(
        draft_of(personas, D4.replace("  from: 2020-07-01", "  from: 2020-07-01\n  to: 2026-08-31")), actor=None
    )
    text = D4.replace("from: 2020-07-01", "from: 2026-09-01").replace("at_least: 3", "at_least: 4")
    draft = draft_of(personas, text + "appeal: {to: the board, within_days: 10}\n")

    answer = personas.administrator.client().get(url(draft, "policy-differences"))

    found = {one.heading: one for one, _old, _new in answer.context["differences"]}
    assert list(found) == ["Title and dates", "Appeal", "Rule D4-M2: Local assessment"]
    rule = found["Rule D4-M2: Local assessment"]
    assert [len(rule.before), len(rule.now)] == [1, 1]
    assert "3" in rule.before[0].text and "4" in rule.now[0].text
    assert [line.text for line in found["Appeal"].now] == [
        "If you are refused, you can write to the board within 10 days."
    ]
    # The first version has nothing before it.
    assert personas.administrator.client().get(url(version, "policy-differences")).status_code == 404


def test_another_order_of_the_rules_is_a_difference(personas: Personas, courses: Courses) -> None:
    publish_policy(
        draft_of(personas, D4.replace("  from: 2020-07-01", "  from: 2020-07-01\n  to: 2026-08-31")), actor=None
    )
    draft = draft_of(personas, D4.replace("from: 2020-07-01", "from: 2026-09-01"))
    first, last = codes_of(draft)
    browser = personas.administrator.client()

    browser.post(url(draft, "policy-rule-move", last), {"before": first})
    answer = browser.get(url(draft, "policy-differences"))

    found = {one.heading: one for one, _old, _new in answer.context["differences"]}
    assert list(found) == ["Title and dates", "Order of the rules"]
    assert [line.text.split(":")[0] for line in found["Order of the rules"].now] == [f"Rule {last}", f"Rule {first}"]


@pytest.mark.rule("R8")
def test_anybody_reads_what_a_published_version_changed(personas: Personas, courses: Courses, client: Client) -> None:
    first = D4.replace("  from: 2020-07-01", "  from: 2020-07-01\n  to: 2026-08-31")
    publish_policy(draft_of(personas, first), actor=None)
    second = draft_of(personas, D4.replace("from: 2020-07-01", "from: 2026-09-01").replace("up_to: 1.0", "up_to: 0.5"))
    address = reverse("crediting:policy-public-differences", args=[personas.district.code, second.public_id])
    assert client.get(address).status_code == 404

    publish_policy(second, actor=None)

    page = client.get(address).content.decode()
    assert "Gives up to 1.0 credits" in page and "Gives up to 0.5 credits" in page


def test_a_side_of_which_nothing_is_said_is_not_left_blank(personas: Personas, courses: Courses) -> None:
    first = D4.replace("  from: 2020-07-01", "  from: 2020-07-01\n  to: 2026-08-31")
    publish_policy(draft_of(personas, first), actor=None)
    second = (
        D4.replace("from: 2020-07-01", "from: 2026-09-01") + "\nappeal: {to: the superintendent, within_days: 20}\n"
    )
    page = personas.administrator.client().get(url(draft_of(personas, second), "policy-differences")).content.decode()
    assert '<span class="change-pair__label">Version 1</span><p class="muted">–</p>' in page.split(">Appeal<")[1]


@pytest.mark.rule("R8")
def test_the_public_reads_nested_conditions_limits_calendar_and_appeal(
    personas: Personas, courses: Courses, client: Client
) -> None:
    text = D4.replace(
        "      - reflection: required\n",
        "      - any_of:\n          - reflection: required\n          - all_of:\n"
        "              - self_evaluation: required\n              - paper: {code: contract, title: The contract}\n",
    ).replace(
        "    credit: {up_to: 1.0}\n",
        "    credit:\n      by_score:\n        instruments: [sba-math]\n"
        "        rows: [{from: 3, to: 5, credits: 0.5}, {from: 6, credits: 1.0}]\n",
        1,
    )
    text += (
        "caps:\n  - {code: pool, at_most: 2, of: {subjects: [math]}}\n"
        "calendar:\n  - {kind: semester, title: Fall, from: 2026-09-01, to: 2027-01-29}\n"
        "appeal: {to: the board, within_days: 10}\n"
        f"schools: {{{personas.school.code}: {{closed_courses: [MAT201]}}}}\n"
    )
    publish_policy(draft_of(personas, text), actor=None)

    page = client.get(reverse("crediting:policy-public", args=[personas.district.code])).content.decode()

    assert "<li>One of these:<ul>" in page.replace("\n", "")
    assert "<li>This paper at your school: The contract.</li>" in page
    assert "<li>3 to 5: 0.5 credits</li>" in page and "<li>From 6: 1.0 credits</li>" in page
    assert "At most 2.0 credits in all, counting Mathematics." in page
    assert "Fall: Sep 1, 2026 to Jan 29, 2027" in page
    assert "you can write to the board within 10 days" in page
    assert personas.school.name in page and "Not offered here: Geometry." in page


# --- Another district -------------------------------------------------------------------------------------------------


def test_the_editor_does_not_know_a_draft_of_another_district(personas: Personas, courses: Courses) -> None:
    """Every step, opened and sent, by whoever manages the policies of Southport; their own draft opens."""
    draft = draft_of(personas)
    theirs = load_policy(personas.other_district, text=D4, actor=None).version
    stranger = personas.other_district_administrator.client()
    steps = [
        ("policy",), ("policy-part", "text"), ("policy-courses",), ("policy-rule-new",), ("policy-rule", "D4-M2"),
        ("policy-as-text",), ("policy-try",), ("policy-differences",), ("policy-file",), ("policy-next",),
        ("policy-publish",), ("policy-close",), ("policy-discard",),
    ]  # fmt: skip
    posted = {"text": "# theirs now", "seen": draft.sha256, "do": "save", "day": "2026-12-01"}

    for step, *more in steps:
        answers = [stranger.get(url(draft, step, *more)), stranger.post(url(draft, step, *more), posted)]
        assert {answer.status_code for answer in answers} <= {404, 405}, step

    assert stranger.get(url(theirs, "policy-as-text")).status_code == 200
    draft.refresh_from_db()
    assert (draft.source, draft.state) == (D4, PolicyState.DRAFT)
