"""The pages of standards: browse, search, adopt; and choosing standards inside a form, with and without JavaScript."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from crediting.models import Framework, FrameworkAdoption, Standard
from mbl.core.models import Draft
from tests.assertions import assert_no_writes
from tests.factories.profiles import make_course
from tests.factories.standards import bring_geometry
from tests.personas import Personas

pytestmark = pytest.mark.django_db
PICK = "/standards/pick/"


def url(framework: Framework, name: str = "framework") -> str:
    return reverse(f"crediting:{name}", args=[framework.public_id])


def ids(page: str, *, checked: bool) -> list[str]:
    """The standards of a picker by their checkboxes."""
    boxes = re.findall(r'name="standards" value="([0-9a-f-]{36})"( checked)?', page)
    return [found for found, mark in boxes if bool(mark) == checked]


# --- Browsing ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["student", "family", "teacher", "administrator"])
def test_everybody_of_the_district_reads_its_standards(personas: Personas, geometry: Framework, name: str) -> None:
    browser = personas.named(name).client()
    with assert_no_writes():
        listed = browser.get(reverse("crediting:standards")).content.decode()
        opened = browser.get(url(geometry)).content.decode()
    assert "an excerpt of high school geometry" in listed
    assert "State learning standards" in listed
    assert "High School — Geometry" in opened
    found = Standard.objects.get(district=personas.district, code__endswith="HSG-CO.A.1")
    page = browser.get(reverse("crediting:standard", args=[found.public_id])).content.decode()
    assert "Know precise definitions of angle" in page
    assert "Congruence" in page
    assert ("Record an adoption" in opened) == (name == "administrator")


def test_a_search_inside_a_framework_finds_by_code_and_words(personas: Personas, geometry: Framework) -> None:
    browser = personas.teacher.client()
    assert "HSG-CO.C.11" in browser.get(url(geometry), {"q": "hsg.co.c.11"}).content.decode()
    assert "HSG-CO.C.11" in browser.get(url(geometry), {"q": "parallelograms theorems"}).content.decode()
    assert "Nothing here has these words" in browser.get(url(geometry), {"q": "zebra"}).content.decode()


def test_what_the_package_did_not_place_has_a_branch_of_its_own(personas: Personas, geometry: Framework) -> None:
    browser = personas.teacher.client()
    assert "Unplaced" not in browser.get(url(geometry)).content.decode()
    Standard.objects.filter(framework=geometry, depth=0).update(is_placed=False)
    assert "Unplaced standards" in browser.get(url(geometry)).content.decode()
    assert "High School — Geometry" in browser.get(url(geometry), {"unplaced": ""}).content.decode()


def test_a_framework_that_nobody_adopted_says_so(personas: Personas) -> None:
    framework = bring_geometry(personas.district)
    assert "Not adopted" in personas.teacher.client().get(url(framework)).content.decode()


def test_other_districts_standards_are_unknown(personas: Personas, geometry: Framework) -> None:
    browser = personas.other_district_administrator.client()
    inside = Standard.objects.filter(framework=geometry).first()
    assert inside is not None
    for address in (
        url(geometry),
        url(geometry, "framework-adopt"),
        reverse("crediting:standard", args=[inside.public_id]),
    ):
        assert browser.get(address).status_code == 404
    assert browser.get(reverse("crediting:standards"), {"district": "northfield"}).status_code == 404


def test_people_without_an_account_are_sent_to_sign_in(personas: Personas, geometry: Framework) -> None:
    for address in (reverse("crediting:standards"), url(geometry), PICK):
        assert personas.anonymous.client().get(address).status_code == 302


def test_statements_of_a_publisher_are_text_and_never_markup(personas: Personas, geometry: Framework) -> None:
    found = Standard.objects.get(district=personas.district, code__endswith="HSG-CO.A.1")
    Standard.objects.filter(pk=found.pk).update(statement="<img src=x onerror=alert(1)> angle")
    browser = personas.student.client()
    for address in (reverse("crediting:standard", args=[found.public_id]), f"{PICK}?q=HSG-CO.A.1"):
        page = browser.get(address).content.decode()
        assert "<img src=x" not in page
        assert "[…] angle" in page


def test_the_list_takes_the_same_trips_for_one_framework_and_for_twenty(
    personas: Personas, geometry: Framework
) -> None:
    browser = personas.teacher.client()
    browser.get(reverse("crediting:standards"))
    with CaptureQueriesContext(connection) as one:
        browser.get(reverse("crediting:standards"))
    for number in range(20):
        guid = f"00000000-0000-4000-8000-0000000000{number:02}"
        Framework.objects.create(district=personas.district, guid=guid, title="More")
    with CaptureQueriesContext(connection) as many:
        assert browser.get(reverse("crediting:standards")).content.count(b"More") == 20
    assert len(many) == len(one)


# --- Adopting ---------------------------------------------------------------------------------------------------------

ADOPTION = {
    "body": "state",
    "adopted_by": "State superintendent",
    "adopted_on": "2026-08-01",
    "subjects": ["math"],
    "starts_on": "2026-09-01",
}


@pytest.mark.rule("T74")
def test_an_administrator_records_and_ends_an_adoption(personas: Personas) -> None:
    framework = bring_geometry(personas.district)
    browser = personas.administrator.client()
    empty = browser.post(url(framework, "framework-adopt"), {})
    assert empty.status_code == 422
    answer = browser.post(url(framework, "framework-adopt"), ADOPTION)
    assert answer["Location"] == url(framework)
    adoption = FrameworkAdoption.objects.get(framework=framework)
    assert (adoption.adopted_by, adoption.subjects) == ("State superintendent", ["math"])
    end = reverse("crediting:adoption-end", args=[framework.public_id, "2026-09-01"])
    assert browser.post(end, {"last_day": "2026-08-01"}).status_code == 422
    browser.post(end, {"last_day": "2027-06-30"})
    adoption.refresh_from_db()
    assert str(adoption.ends_on) == "2027-06-30"
    assert browser.get(reverse("crediting:adoption-end", args=[framework.public_id, "nonsense"])).status_code == 404


@pytest.mark.parametrize("name", ["student", "teacher", "principal", "credit_manager"])
def test_nobody_else_adopts(personas: Personas, name: str) -> None:
    framework = bring_geometry(personas.district)
    browser = personas.named(name).client()
    assert browser.get(url(framework, "framework-adopt")).status_code == 403
    assert browser.post(url(framework, "framework-adopt"), ADOPTION).status_code == 403
    assert not FrameworkAdoption.objects.filter(framework=framework).exists()


# --- Choosing ---------------------------------------------------------------------------------------------------------


def test_a_fragment_has_what_was_chosen_and_what_was_found(personas: Personas, geometry: Framework) -> None:
    browser = personas.student.client()
    found = ids(browser.get(PICK, {"q": "HSG-CO.C"}, headers={"HX-Request": "true"}).content.decode(), checked=False)
    assert len(found) == 4
    answer = browser.get(PICK, {"q": "HSG-CO.A", "standards": found[:2]}, headers={"HX-Request": "true"})
    page = answer.content.decode()
    assert ids(page, checked=True) == found[:2]
    assert len(ids(page, checked=False)) == 6
    assert "<html" not in page
    assert page.count('id="picker-list"') == 1


def test_what_was_chosen_is_not_found_again(personas: Personas, geometry: Framework) -> None:
    browser = personas.student.client()
    (one,) = ids(browser.get(PICK, {"q": "HSG-CO.A.1"}).content.decode(), checked=False)
    page = browser.get(PICK, {"q": "HSG-CO.A.1", "standards": one}).content.decode()
    assert (ids(page, checked=True), ids(page, checked=False)) == ([one], [])


def test_without_javascript_the_form_is_kept_while_one_searches(personas: Personas, geometry: Framework) -> None:
    browser = personas.student.client()
    course = make_course(personas.district, "Geometry")
    back = f"/requests/new/?course={course.public_id}&way=LOCAL_ASSESSMENT.portfolio"
    pick = f"{PICK}?course={course.public_id}&key=request-new-1&next={quote(back, safe='')}"
    first = browser.post(pick, {"title": "Proofs", "plan": "My words", "q": "HSG-CO.C.10", "standards": []})
    page = browser.get(first["Location"]).content.decode()
    (one,) = ids(page, checked=False)
    # Search on: what was ticked is kept, and so is the text of the form.
    second = browser.post(first["Location"], {"q": "HSG-CO.C.11", "standards": [one]})
    page = browser.get(second["Location"]).content.decode()
    assert ids(page, checked=True) == [one]
    (two,) = ids(page, checked=False)
    done = browser.post(second["Location"], {"q": "HSG-CO.C.11", "standards": [one, two], "use": "1"})
    assert done["Location"] == back
    kept = Draft.objects.get(user=personas.student.user, key="request-new-1").data
    assert kept["standards"] == [one, two]
    assert "csrfmiddlewaretoken" not in kept


def test_what_the_form_said_is_there_after_choosing(personas: Personas, geometry: Framework) -> None:
    browser = personas.student.client()
    pick = f"{PICK}?key=request-new-1&next=/requests/new/"
    first = browser.post(pick, {"title": "Proofs", "plan": "My words", "q": ""})
    browser.post(first["Location"], {"q": "", "standards": [], "use": "1"})
    kept = Draft.objects.get(user=personas.student.user, key="request-new-1").data
    assert (kept["title"], kept["plan"]) == ("Proofs", "My words")


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "evil"])
def test_the_way_back_stays_on_this_site(personas: Personas, geometry: Framework, back: str) -> None:
    browser = personas.student.client()
    answer = browser.post(f"{PICK}?key=k&next={quote(back, safe='')}", {"use": "1"})
    assert answer["Location"].startswith(PICK)
    assert "evil" not in answer["Location"]


def test_reading_the_picker_changes_nothing(personas: Personas, geometry: Framework) -> None:
    browser = personas.student.client()
    with assert_no_writes():
        assert browser.get(PICK, {"q": "hsg", "key": "request-new-1"}).status_code == 200


def test_a_course_of_another_district_is_unknown(personas: Personas, geometry: Framework) -> None:
    course = make_course(personas.other_district, "Theirs")
    browser = personas.student.client()
    assert browser.get(PICK, {"course": str(course.public_id)}).status_code == 404
    assert browser.get(PICK, {"course": "nonsense"}).status_code == 404


def test_a_district_without_adopted_standards_says_so(personas: Personas) -> None:
    bring_geometry(personas.district)
    page = personas.student.client().get(PICK, {"q": "triangle"}).content.decode()
    assert "has not adopted any standards" in page


# --- Finding, comparing, writing --------------------------------------------------------------------------------------


def test_a_branch_opens_in_the_tree_and_pages_go_on_inside_it(personas: Personas, geometry: Framework) -> None:
    browser = personas.teacher.client()
    top = Standard.objects.get(framework=geometry, depth=0)
    page = browser.get(url(geometry)).content.decode()
    address = reverse("crediting:standard", args=[top.public_id])
    assert f'<details class="branch__open" hx-get="{address}"' in page
    with CaptureQueriesContext(connection) as few:
        fragment = browser.get(address, headers={"hx-request": "true"}).content.decode()
    assert fragment.count("<li>") == top.children.count()
    assert "<h1" not in fragment
    for number in range(40):
        Standard.objects.create(
            district=geometry.district, framework=geometry, guid=f"00000000-0000-4000-8000-{number:012}", parent=top,
            statement=f"Extra {number}", path=f"{top.path}.9{number:04}", depth=1,
        )  # fmt: skip
    with CaptureQueriesContext(connection) as many:
        fragment = browser.get(address, headers={"hx-request": "true"}).content.decode()
    assert len(few) == len(many)
    assert fragment.count("<li>") == 25
    assert f'hx-get="{address}?page=2"' in fragment


def test_the_search_page_finds_misspelt_words_and_keeps_to_its_filters(personas: Personas, geometry: Framework) -> None:
    browser = personas.teacher.client()
    find = reverse("crediting:standards-find")
    with assert_no_writes():
        page = browser.get(find, {"q": "paralelogram"}).content.decode()
    assert "Shown is what has “parallelogram”" in page
    assert "HSG-CO.C.11" in page
    assert "Nothing here" in browser.get(find, {"q": "angle", "grade": "01"}).content.decode()
    other = Framework.objects.exclude(district=geometry.district)[0]
    answer = browser.get(find, {"q": "angle", "framework": str(other.public_id)})
    assert answer.status_code == 200
    assert "Select a valid choice" in answer.content.decode()
    fragment = browser.get(find, {"q": "angle"}, headers={"hx-request": "true"}).content.decode()
    assert fragment.lstrip().startswith('<section class="stack" id="found"')


@pytest.mark.parametrize("text", ["angle", "paralelogram"])
def test_the_search_page_takes_the_same_trips_for_any_number(
    personas: Personas, geometry: Framework, text: str
) -> None:
    browser = personas.teacher.client()
    find = reverse("crediting:standards-find")
    browser.get(find, {"q": text})
    with CaptureQueriesContext(connection) as one:
        browser.get(find, {"q": text})
    for number in range(30):
        Standard.objects.create(
            district=geometry.district, framework=geometry, guid=f"00000000-0000-4000-8000-{number:012}",
            statement=text, search_text="angle parallelogram", path=f"9{number:04}",
        )  # fmt: skip
    with CaptureQueriesContext(connection) as many:
        assert browser.get(find, {"q": text}).content.count(b"<li>") > 20
    assert len(many) == len(one)


@pytest.mark.rule("T74")
def test_an_administrator_writes_local_standards_in_the_browser(personas: Personas) -> None:
    browser = personas.administrator.client()
    new = reverse("crediting:framework-new")
    said = {
        "title": "Canoe journey", "adopted_by": "School board", "adopted_on": "2026-08-01", "subjects": ["arts"],
        "starts_on": "2026-09-01",
    }  # fmt: skip
    assert browser.post(new, said | {"adopted_by": ""}).status_code == 422
    where = browser.post(new, said)["Location"]
    framework = Framework.objects.get(title="Canoe journey")
    assert where == url(framework)
    add = reverse("crediting:item-new", args=[framework.public_id])
    assert browser.post(add, {"statement": ""}).status_code == 422
    answer = browser.post(
        add, {"code": "C.1", "statement": "Read the <script>water</script>", "grades": ["09"], "another": "1"}
    )
    assert answer["Location"] == add
    standard = Standard.objects.get(framework=framework)
    page = browser.get(where).content.decode()
    assert "Read the" in page
    assert "<script>water" not in page
    edit = reverse("crediting:item-edit", args=[standard.public_id])
    browser.post(edit, {"code": "C.1", "statement": "Read the tide", "grades": ["09"], "number": "1"})
    page = browser.get(reverse("crediting:standard", args=[standard.public_id])).content.decode()
    assert "Read the tide" in page
    assert "What it said before" in page
    browser.post(reverse("crediting:item-withdraw", args=[standard.public_id]))
    standard.refresh_from_db()
    assert standard.status == "withdrawn"


def test_the_page_of_a_publishers_standard_offers_no_editing(personas: Personas, geometry: Framework) -> None:
    standard = Standard.objects.filter(framework=geometry, is_leaf=True)[0]
    browser = personas.administrator.client()
    edit = reverse("crediting:item-edit", args=[standard.public_id])
    assert edit not in browser.get(reverse("crediting:standard", args=[standard.public_id])).content.decode()
    assert browser.get(edit).status_code == 400


def test_what_changed_is_said_in_words(personas: Personas, geometry: Framework) -> None:
    browser = personas.teacher.client()
    compare = reverse("crediting:framework-compare", args=[geometry.public_id])
    with assert_no_writes():
        assert "Compare this framework" in browser.get(compare).content.decode()
    older = Framework.objects.create(
        district=geometry.district, guid="00000000-0000-4000-8000-000000000000", title="Older"
    )
    page = browser.get(compare, {"from": str(older.public_id)}).content.decode()
    assert "From Older to Common Core" in page
    assert "Added" in page
    other = Framework.objects.exclude(district=geometry.district)[0]
    for query in ({"from": str(other.public_id)}, {"from": "nonsense"}, {"since": "2026-99-99"}):
        assert browser.get(compare, query).status_code == 404


def test_the_licence_is_shown_before_anything_is_published(personas: Personas) -> None:
    framework = bring_geometry(personas.district)
    Framework.objects.filter(pk=framework.pk).update(licence="Common Core public licence")
    browser = personas.administrator.client()
    assert (
        "Licence of these: Common Core public licence"
        in browser.get(url(framework, "framework-adopt")).content.decode()
    )
    browser.post(url(framework, "framework-adopt"), ADOPTION)
    page = browser.get(url(framework)).content.decode()
    assert f"/ims/case/v1p1/CFPackages/{framework.guid}" in page
    browser.post(url(framework, "framework-withhold"), {"withhold": "1"})
    assert "This framework is not published" in browser.get(url(framework)).content.decode()


def test_marks_of_a_publisher_print_as_plain_text_wherever_a_standard_is_named(
    personas: Personas, geometry: Framework
) -> None:
    found = Standard.objects.get(district=personas.district, code__endswith="HSG-CO.A.1")
    Standard.objects.filter(pk=found.pk).update(
        statement="Know x<sup>2</sup> &amp; angles<sup>★</sup><script>alert(1)</script>", short=""
    )
    browser = personas.teacher.client()
    where = {
        "standard": browser.get(reverse("crediting:standard", args=[found.public_id])),
        "branch": browser.get(url(geometry), {"q": "HSG-CO.A.1"}),
        "search": browser.get(reverse("home:search"), {"q": "HSG-CO.A.1"}),
        "picker": browser.get(PICK, {"q": "HSG-CO.A.1"}),
    }
    for name, answer in where.items():
        page = answer.content.decode()
        assert "Know x² &amp; angles★" in page, name
        assert "sup&gt;" not in page, name
        assert "alert(1)" not in page, name
