"""The components: typed at their edges, complete in their four places, and safe with whatever people type."""

import re
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.paginator import Paginator
from django.template import TemplateSyntaxError, engines
from django.test import RequestFactory

from mbl.core import figures
from mbl.core.templatetags import ui
from mbl.core.ui import parts
from mbl.core.ui.icons import ICONS
from mbl.core.ui.levels import SHAPES, TINTS, LevelScale
from mbl.core.ui.tables import Column, Columns
from mbl.core.views.styleguide import ENTRIES

ROOT = Path(settings.BASE_DIR)
# Tags that are no component of their own: the frame's words, and the parts a table is written with.
PARTS = {"product_name", "text_direction", "row", "cell", "tick"}
# Printed by the hundred, so their markup is in the tag.
WITHOUT_TEMPLATE = {"icon", "status_badge", "level_mark", "meter", "interval"}
WITHOUT_STYLESHEET = {"meter"}


def render(text: str, path: str = "/", *, htmx: bool = False, **context: Any) -> str:
    request = RequestFactory().get(path, headers={"HX-Request": "true"} if htmx else {})
    request.user = AnonymousUser()
    return str(engines["django"].from_string(text).render(context, request))


class NoteForm(forms.Form):
    note = forms.CharField(label="Your note", help_text="A few words.", widget=forms.Textarea(attrs={"maxlength": 10}))
    way = forms.ChoiceField(label="Way", choices=[("a", "First"), ("b", "Second")], widget=forms.RadioSelect)


@pytest.fixture
def columns() -> Columns:
    return Columns(
        Column("student", "Student", kind="header", sort=True),
        Column("wait", "Waiting", kind="number", sort=True),
        Column("open", "Open", kind="actions", card="hidden"),
    )


# --- Complete -------------------------------------------------------------------------------------------------------
def test_every_component_has_an_entry_a_template_and_a_stylesheet() -> None:
    components = set(ui.register.tags) - PARTS
    assert {entry.name for entry in ENTRIES} == components
    for name in components:
        assert (ROOT / f"templates/core/styleguide/{name}.html").exists(), name
        if name not in WITHOUT_TEMPLATE:
            assert (ROOT / f"templates/ui/{name}.html").exists(), name
        if name not in WITHOUT_STYLESHEET:
            assert (ROOT / f"static/css/ui/{name.replace('_', '-')}.css").exists(), name


def test_templates_hold_nothing_that_the_content_security_policy_blocks() -> None:
    forbidden = re.compile(
        r"""\sstyle=|\shx-on|<style|javascript:|["']js:|\son[a-z]+=["']|src=["']data:|<script(?![^>]*\ssrc=)"""
    )
    pages = [path for path in (ROOT / "templates").rglob("*.html") if not {"email", "pdf"} & set(path.parts)]
    found = [str(path.relative_to(ROOT)) for path in pages if forbidden.search(path.read_text(encoding="utf-8"))]
    assert found == []


def test_every_icon_has_a_drawing_and_every_drawing_a_name() -> None:
    drawn = set(re.findall(r'<symbol id="([^"]+)"', (ROOT / "static/img/icons.svg").read_text(encoding="utf-8")))
    assert drawn == ICONS


def test_styleguide_opens_without_a_database(client: Any) -> None:
    # Without the db fixture a query fails the test.
    response = client.get("/styleguide/")
    assert response.status_code == 200
    assert response.content.decode().count('class="styleguide__entry"') == len(ENTRIES)


# --- Typed ------------------------------------------------------------------------------------------------------------
def test_misspelt_argument_fails_when_the_template_is_compiled() -> None:
    with pytest.raises(TemplateSyntaxError, match="unexpected keyword argument 'toen'"):
        render('{% status_badge "Due" toen="urgent" %}')


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ('{% status_badge "Due" tone="red" %}', "'red' is not a valid Tone"),
        ('{% action "Go" kind="big" %}', "'big' is not a valid Kind"),
        ('{% icon "unicorn" %}', "There is no icon “unicorn”"),
        ('{% action "Go" icon="unicorn" %}', "There is no icon “unicorn”"),
        ('{% action "Go" href="/a/" post="/b/" %}', "a link \\(href\\) or a button \\(post\\)"),
        ('{% panel heading="x" level=7 %}{% endpanel %}', "level 2, 3 or 4"),
        ('{% facts pairs layout="grid" %}', "no layout “grid”"),
    ],
)
def test_unknown_word_fails_when_the_component_is_rendered(text: str, error: str) -> None:
    with pytest.raises(ValueError, match=error):
        render(text, pairs=[])


@pytest.mark.parametrize(
    "text", ["{% cell columns.missing %}x{% endcell %}", "{% field form.missing %}", "{% choice_cards form.missing %}"]
)
def test_misspelt_column_or_field_fails(text: str, columns: Columns) -> None:
    with pytest.raises(TypeError, match="check the"):
        render(text, columns=columns, form=NoteForm())


def test_table_names_its_rows_by_exactly_one_column() -> None:
    with pytest.raises(ValueError, match="exactly one column of kind 'header'"):
        Columns(Column("a", "A"))
    with pytest.raises(ValueError, match="the same key"):
        Columns(Column("a", "A", kind="header"), Column("a", "B"))


def test_grid_refuses_a_row_with_too_few_cells() -> None:
    scale = LevelScale(["One"], "Not yet")
    with pytest.raises(ValueError, match="Abdi has 0 cells for 1 columns"):
        parts.Grid(scale, [parts.GridColumn("A", "Title")], [parts.GridRow("Abdi", [])], "Student")


# --- Safe -------------------------------------------------------------------------------------------------------------
EVIL = "<script>alert(1)</script>"


@pytest.mark.parametrize(
    "text",
    [
        "{% status_badge evil %}",
        '{% status_badge evil tone="urgent" %}',
        "{% action evil href=evil about=evil %}",
        "{% page_head title=evil lede=evil status=evil %}{% endpage_head %}",
        "{% panel heading=evil side=evil %}{{ evil }}{% endpanel %}",
        "{% notice %}{{ evil }}{% endnotice %}",
        "{% toast evil undo=evil %}",
        "{% tick evil evil about=evil %}",
        '{% icon "check" label=evil %}',
    ],
)
def test_what_people_type_is_never_markup(text: str) -> None:
    written = render(text, evil=EVIL)
    assert EVIL not in written
    assert "&lt;script&gt;" in written


# --- Badge, level, action ---------------------------------------------------------------------------------------------
def test_state_without_a_tone_is_plain_text() -> None:
    assert render('{% status_badge "Approved" %}') == '<span class="status-badge status-badge--plain">Approved</span>'


def test_badge_has_a_symbol_beside_its_word() -> None:
    written = render('{% status_badge "Off pace" tone="urgent" %}')
    assert "#alert-triangle" in written
    assert 'aria-hidden="true"' in written
    assert written.endswith("Off pace</span>")


@pytest.mark.parametrize("length", sorted(SHAPES))
def test_levels_of_a_scale_differ_in_mark_and_tint(length: int) -> None:
    scale = LevelScale([f"Level {at}" for at in range(1, length + 1)], "Not yet")
    drawn = scale.legend
    assert [level.word for level in drawn] == ["Not yet", *scale.words]
    assert len({level.shape for level in drawn}) == len({level.tint for level in drawn}) == length + 1
    assert {f"level-{shape}" for shape in SHAPES[length]} <= ICONS
    assert len(TINTS[length]) == length


def test_level_outside_the_scale_is_refused() -> None:
    scale = LevelScale(["Beginning", "Proficient"], "Not yet")
    with pytest.raises(ValueError, match="levels 1 to 2, not 3"):
        scale.draw(3)
    with pytest.raises(ValueError, match="without levels"):
        LevelScale([], "Not yet")


def test_a_scale_longer_than_there_are_marks_shares_them_between_neighbours() -> None:
    drawn = LevelScale([f"Level {at}" for at in range(1, 21)], "Not yet").legend[1:]
    assert [level.word for level in drawn] == [f"Level {at}" for at in range(1, 21)]
    shapes = [level.shape for level in drawn]
    assert list(dict.fromkeys(shapes)) == list(SHAPES[6]) and (shapes[0], shapes[-1]) == (SHAPES[6][0], SHAPES[6][-1])


def test_action_is_a_link_a_submit_button_or_a_form_of_its_own() -> None:
    link = render('{% action "Open" href="/a/" %}')
    assert 'href="/a/"' in link
    assert "<button" not in link
    submit = render('{% action "Approve" name="verdict" value="yes" key="A" %}')
    assert re.search(r'<button class="action".*data-key="a".*type="submit".*name="verdict".*value="yes"', submit)
    post = render('{% action "Remind" post="/remind/" %}')
    assert '<form class="action-form" method="post" action="/remind/">' in post
    assert "csrfmiddlewaretoken" in post


def test_disabled_action_stays_focusable_sends_nothing_and_says_why() -> None:
    written = render('{% action "Publish" post="/publish/" key="p" disabled_reason="Add the date first." %}')
    described = re.search(r'aria-disabled="true" aria-describedby="([^"]+)"', written)
    assert described is not None
    assert f'id="{described[1]}">Add the date first.' in written
    assert 'type="button"' in written
    assert "<form" not in written
    assert "data-key" not in written


# --- Tables -----------------------------------------------------------------------------------------------------------
TABLE = """{% data_table caption="Waiting" columns=columns page=page order=order empty=empty %}
{% for name in page %}{% row %}{% cell columns.student %}{{ name }}{% endcell %}{% cell columns.wait %}3{% endcell %}
{% cell columns.open %}x{% endcell %}{% endrow %}{% endfor %}{% enddata_table %}"""


def test_table_pages_by_the_page_size_and_keeps_the_rest_of_the_address(columns: Columns) -> None:
    page = Paginator(list(range(60)), 25).page(2)
    written = render(TABLE, "/?show=me&page=2", columns=columns, page=page, order="-wait", empty=None)
    assert "26 to 50 of 60" in written
    assert 'href="?show=me&amp;page=1"' in written
    assert 'href="?show=me&amp;page=3"' in written
    assert written.count("<tr") == 26


def test_head_that_sorts_names_its_order_and_starts_at_the_first_page(columns: Columns) -> None:
    page = Paginator(["Ana"], 25).page(1)
    written = render(TABLE, "/?q=an&page=1&order=-wait", columns=columns, page=page, order="-wait", empty=None)
    assert re.search(r'<th role="columnheader" scope="col" class="number" aria-sort="descending"', written)
    assert 'href="?q=an&amp;order=wait"' in written
    assert 'href="?q=an&amp;order=student"' in written


def test_order_asked_for_must_be_one_a_column_offers(columns: Columns) -> None:
    assert columns.order("student", default="-wait") == "student"
    assert columns.order("-student", default="-wait") == "-student"
    assert columns.order("open", default="-wait") == "-wait"
    assert columns.order("password", default="-wait") == "-wait"
    assert columns.order(None, default="-wait") == "-wait"


def test_cells_keep_their_meaning_when_rows_become_cards(columns: Columns) -> None:
    page = Paginator(["Ana"], 25).page(1)
    written = render(TABLE, columns=columns, page=page, order="", empty=None)
    assert '<th role="rowheader" scope="row">Ana</th>' in written
    assert '<td role="cell" class="number" data-label="Waiting">3</td>' in written
    assert '<td role="cell" class="card-hidden">x</td>' in written


def test_empty_table_says_why_instead(columns: Columns) -> None:
    empty = parts.Empty("Nothing waits", "You see only your own classes.", parts.Link("Show all", "?all"))
    page: Any = Paginator([], 25).page(1)
    written = render(TABLE, columns=columns, page=page, order="", empty=empty)
    assert "<table" not in written
    assert "You see only your own classes." in written


def test_ids_are_unique_on_a_page_and_differ_in_a_fragment() -> None:
    twice = '{% panel heading="A" %}{% panel heading="B" level=3 %}{% endpanel %}{% endpanel %}'
    page, fragment = render(twice), render(twice, htmx=True)
    ids = re.findall(r'id="([^"]+)"', page)
    assert len(ids) == len(set(ids)) == 2
    assert not set(ids) & set(re.findall(r'id="([^"]+)"', fragment))


# --- Forms ------------------------------------------------------------------------------------------------------------
def test_field_prints_label_hint_control_error_in_that_order_and_ties_them_together() -> None:
    form = NoteForm({"note": "", "way": "a"})
    written = render("{% field form.note %}", form=form)
    order = [written.index(part) for part in ("<label", "A few words.", "<textarea", "This field is required.")]
    assert order == sorted(order)
    assert 'aria-describedby="id_note_helptext id_note_error"' in written
    assert 'aria-invalid="true"' in written
    assert 'id="id_note_error"' in written


def test_field_group_of_django_prints_the_same_field() -> None:
    form = NoteForm()
    assert (
        render("{{ form.note.as_field_group }}", form=form).split()
        == render("{% field form.note %}", form=form).split()
    )


def test_error_summary_counts_and_links_to_each_field() -> None:
    form = NoteForm({})
    form.add_error(None, "Somebody else has sent this already.")
    written = render("{% error_summary form %}", form=form)
    assert "Fix 3 things to go on" in written
    assert 'href="#id_note"' in written
    assert 'href="#id_way_0"' in written
    assert "Somebody else has sent this already." in written


def test_error_summary_is_silent_without_errors() -> None:
    assert render("{% error_summary form %}", form=NoteForm()).strip() == ""
    assert render("{% error_summary form %}", form=NoteForm({"note": "x", "way": "a"})).strip() == ""


def test_filter_bar_carries_the_chosen_view_along() -> None:
    written = render('{% filter_bar form=form keep="show" %}', "/?show=me&page=4", form=NoteForm())
    assert '<input type="hidden" name="show" value="me">' in written
    assert 'name="page"' not in written
    assert 'method="get"' in written


def test_rubric_row_keeps_the_chosen_level_and_shows_every_text() -> None:
    scale = LevelScale(["Beginning", "Proficient"], "Not yet")
    levels = [parts.RubricLevel(str(at), scale.draw(at), f"Text {at}") for at in (1, 2)]
    criterion = parts.RubricCriterion("W.1", "Argue from evidence", levels)

    class LevelForm(forms.Form):
        level = forms.ChoiceField(choices=[("1", "1"), ("2", "2")], widget=forms.RadioSelect)

    written = render("{% rubric_row criterion form.level %}", criterion=criterion, form=LevelForm({"level": "2"}))
    assert re.search(r'value="2" checked', written)
    assert written.count("checked") == 1
    assert "Text 1" in written
    assert "Text 2" in written


# --- Facts ------------------------------------------------------------------------------------------------------------
def test_credit_bar_prints_the_numbers_and_draws_their_shares() -> None:
    amounts = parts.CreditAmounts(Decimal("12"), Decimal("6"), Decimal("0"), Decimal("6"))
    written = render("{% credit_bar amounts %}", amounts=amounts)
    assert re.findall(r'class="credit-bar__(\w+)" x="([\d.]+)" width="([\d.]+)"', written)[:2] == [
        ("earned", "0.0", "120.0"),
        ("doing", "120.0", "60.0"),
    ]
    assert re.findall(r"<dd>([\d.]+)</dd>", written) == ["12", "6", "0", "6"]


def test_credit_bar_of_nothing_is_empty() -> None:
    none = parts.CreditAmounts(Decimal(0), Decimal(0), Decimal(0), Decimal(0))
    assert "credit-bar__earned" not in render("{% credit_bar amounts %}", amounts=none)


def test_running_job_asks_again_and_a_stopped_one_does_not() -> None:
    running = parts.JobProgress("Making 212 transcripts", "/jobs/1/", running=True, done=148, total=212)
    written = render("{% job_progress job %}", job=running)
    assert 'hx-get="/jobs/1/"' in written
    assert "148 of 212 done." in written
    stopped = parts.JobProgress("Making 3 transcripts", "/jobs/1/", running=False, problem="One number is missing.")
    written = render("{% job_progress job %}", job=stopped)
    assert "hx-get" not in written
    assert 'role="alert"' in written
    assert "One number is missing." in written


def test_hidden_rate_prints_its_reason_and_no_number() -> None:
    written = render("{% interval share maximum=0.3 %}", share=figures.Hidden("fewer than 10 students"))
    assert "fewer than 10 students" in written
    assert not re.search(r"\d%", written)


def test_mastery_grid_cell_is_lean_and_says_level_and_attempts() -> None:
    scale = LevelScale(["Beginning", "Developing", "Proficient", "Extending"], "Not yet")
    cells = [parts.GridCell(3, 2, "/w/1.1"), parts.GridCell(0, 0, "/w/1.2")]
    columns = [parts.GridColumn("A", "Title"), parts.GridColumn("B", "Title")]
    grid = parts.Grid(scale, columns, [parts.GridRow("Abdi, Ayaan", cells)], "Student", current="/w/1.1")
    written = render('{% mastery_grid grid caption="Levels" %}', grid=grid)
    assert (
        '<td class="level-tint--3 level-shape--full"><a href="/w/1.1" aria-current="true">Proficient<i>×2</i></a></td>'
    ) in written
    assert '<a href="/w/1.2">Not yet</a>' in written


def test_the_head_of_a_column_drops_what_all_long_codes_begin_with() -> None:
    long = "CCSS.Math.Content."
    assert parts.short_codes([f"{long}HSA-SSE.A.1a", f"{long}HSA-CED.A.2"]) == ["HSA-SSE.A.1a", "HSA-CED.A.2"]
    # Of one domain: only as much as makes them fit, so that the familiar short code is left.
    assert parts.short_codes([f"{long}HSA-REI.B.3", f"{long}HSA-REI.B.4a"]) == ["HSA-REI.B.3", "HSA-REI.B.4a"]
    # Codes that fit, and codes without anything in common, stay whole; so does one that is itself the beginning.
    for whole in (["W.9-10.1", "W.9-10.4"], [f"{long}HSA-SSE.A.1", "HS-PS1-1"], [f"{long}1"], ["–", f"{long}1"]):
        assert parts.short_codes(whole) == whole
    assert parts.short_codes([]) == []
    assert parts.short_codes(["Washington.Standards.", "Washington.Standards.1"]) == ["Standards.", "Standards.1"]


def test_the_whole_code_of_a_shortened_head_is_read_aloud_and_in_its_title() -> None:
    columns = [parts.GridColumn(f"CCSS.Math.Content.HSA-SSE.A.{at}", "Title") for at in (1, 2)]
    grid = parts.Grid(LevelScale(["Yes"], "Not yet"), columns, [], "Student")
    written = render('{% mastery_grid grid caption="Levels" %}', grid=grid)
    assert (
        '<b title="CCSS.Math.Content.HSA-SSE.A.1"><bdi aria-hidden="true">HSA-SSE.A.1</bdi>'
        '<span class="visually-hidden">CCSS.Math.Content.HSA-SSE.A.1 </span></b>'
    ) in written


def test_grid_of_30_students_and_40_standards_stays_under_200_kb() -> None:
    scale = LevelScale(["Beginning", "Developing", "Proficient", "Extending"], "Not yet")
    columns = [parts.GridColumn(f"HSA-REI.{at}", "Solve quadratic equations", "/standards/x/") for at in range(40)]
    rows = [
        parts.GridRow(f"Student {who}", [parts.GridCell(3, 2, f"?why={who}.{at}") for at in range(40)], "/students/x/")
        for who in range(30)
    ]
    written = render('{% mastery_grid grid caption="x" %}', grid=parts.Grid(scale, columns, rows, "Student"))
    assert len(written.encode()) < 200 * 1024


def test_why_panel_names_rule_attempts_and_citation() -> None:
    scale = LevelScale(["Beginning", "Proficient"], "Not yet")
    why = parts.Why(
        "Castellanos, Diego",
        "The newest judgement counts.",
        level=scale.draw(2),
        attempts=[
            parts.WhyAttempt(date(2026, 9, 22), scale.draw(1), used=False),
            parts.WhyAttempt(date(2026, 11, 12), scale.draw(2), used=True),
        ],
        rule_id="R7",
        citation="WAC 180-51-051(4)(d)",
        as_of=date(2026, 11, 21),
    )
    written = render("{% why_panel why %}", why=why)
    for words in (
        "The newest judgement counts.",
        "not used",
        "counts",
        "WAC 180-51-051(4)(d)",
        "Nov 21, 2026",
    ):
        assert words in written
    # The citation, which means something to everybody, stands before our own number of the rule.
    assert "WAC 180-51-051(4)(d) · rule R7" in written
    assert "Rule R7." in render("{% why_panel why %}", why=parts.Why("Castellanos, Diego", "It counts.", rule_id="R7"))
