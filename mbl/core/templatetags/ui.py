"""The UI kit: every component a page may use, as a typed tag. All of them are shown at ``/styleguide/``.

A component has one name in four places: its tag here, ``templates/ui/<name>.html``, ``static/css/ui/<name>.css`` and
its entry in ``mbl.core.views.styleguide``. A misspelt argument fails when the template is compiled, an unknown tone,
kind or icon when it is rendered. The small components that a page prints by the hundred (``icon``, ``status_badge``,
``level_mark``, ``row``, ``cell``) write their markup here, without a template of their own.
"""

import datetime as dt
import functools
import html
import itertools
import secrets
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Literal, cast

from django import template
from django.conf import settings
from django.core.paginator import Page
from django.forms import BaseForm, BoundField
from django.http import HttpRequest, QueryDict
from django.template import Context
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language_bidi, pgettext
from django.utils.translation import gettext as _

from mbl.core import figures
from mbl.core.ui import parts
from mbl.core.ui.icons import POINTING
from mbl.core.ui.levels import DrawnLevel, LevelScale
from mbl.core.ui.parts import known_icon
from mbl.core.ui.tables import Column, Columns
from mbl.core.ui.text import Text
from mbl.core.ui.tones import TONE_ICON, Kind, Tone

register = template.Library()

EMPTY = SafeString("")


# --- The product and the frame --------------------------------------------------------------------------------------
@register.simple_tag
def product_name() -> str:
    """The product's name on screen: ``settings.PRODUCT_NAME``."""
    return str(getattr(settings, "PRODUCT_NAME", "MBL"))


@register.simple_tag
def text_direction() -> str:
    return "rtl" if get_language_bidi() else "ltr"


# --- Small things printed by the hundred ----------------------------------------------------------------------------
@functools.cache
def _icons_url() -> str:
    return static("img/icons.svg")


@register.simple_tag
def icon(name: str, *, size: int = 18, label: Text = "") -> SafeString:
    """A drawing beside a word, or with a ``label`` where it stands alone."""
    if not label:
        return _silent_icon(name, size)
    known_icon(name)
    return format_html(
        '<svg class="{}" width="{}" height="{}" role="img" aria-label="{}"><use href="{}#{}"/></svg>',
        _icon_classes(name),
        size,
        size,
        label,
        _icons_url(),
        name,
    )


@functools.lru_cache(maxsize=1024)
def _silent_icon(name: str, size: int) -> SafeString:
    """Written once for each drawing and size: a page of the staff has a hundred of them."""
    known_icon(name)
    return format_html(
        '<svg class="{}" width="{}" height="{}" aria-hidden="true"><use href="{}#{}"/></svg>',
        _icon_classes(name),
        size,
        size,
        _icons_url(),
        name,
    )


def _icon_classes(name: str) -> str:
    return "icon icon--pointing" if name in POINTING else "icon"


@register.simple_tag
def status_badge(label: Text, *, tone: str = "", icon: str = "", plain: bool = False) -> SafeString:
    """The state of a thing, in its one word.

    With a ``tone`` it is a badge that asks for a look. Without one, or with ``plain``, it is ordinary text; ``plain``
    together with a tone keeps the tone's icon ("✓ On pace").
    """
    if not tone:
        drawing = _icon(icon, size=16) if icon else EMPTY
        return format_html('<span class="status-badge status-badge--plain">{}{}</span>', drawing, label)
    known = Tone(tone)
    drawing = _icon(icon or ("check" if plain and known is Tone.OK else TONE_ICON[known]), size=16 if plain else 14)
    classes = f"status-badge--{known}" + (" status-badge--plain" if plain else "")
    return format_html('<span class="status-badge {}">{}{}</span>', classes, drawing, label)


@register.simple_tag
def level_mark(
    level: DrawnLevel | None = None,
    *,
    scale: LevelScale | None = None,
    position: int | None = None,
    large: bool = False,
) -> SafeString:
    """A mastery level: its mark and the district's word. Give a drawn level, or a scale and a position on it."""
    if level is None:
        if scale is None:
            raise ValueError("level_mark needs a drawn level, or scale= and position=.")
        level = scale.draw(position)
    classes = (
        "level-mark" + (" level-mark--none" if level.position == 0 else "") + (" level-mark--large" if large else "")
    )
    return format_html('<span class="{}">{}{}</span>', classes, _icon(level.icon), level.word)


_icon = icon  # status_badge and others have a parameter of that name


# --- Page head, actions, panels -------------------------------------------------------------------------------------
@register.simple_block_tag(takes_context=True)
def page_head(
    context: Context,
    content: str,
    *,
    title: Text,
    lede: Text = "",
    status: Text = "",
    tone: str = "",
    name: bool = False,
    voice: bool = False,
    large: bool = False,
    lang: str = "",
    focus: bool = False,
) -> SafeString:
    """The one ``h1``, the sentence under it, and the actions (the block's content), the primary one last.

    ``name``: the title is a person's name (sans, it has every letter). ``voice``: the title is a person's own words.
    ``focus``: the heading (``#heading``) takes the focus when the page opens: a list goes on with its next item.
    """
    return _render(
        context,
        "page_head",
        title=title,
        lede=lede,
        status=status,
        tone=tone,
        name=name,
        voice=voice,
        large=large,
        lang=lang,
        focus=focus,
        actions=_content(content),
    )


@register.inclusion_tag("ui/action.html", takes_context=True)
def action(
    context: Context,
    label: Text,
    *,
    href: str = "",
    post: str = "",
    icon: str = "",
    icon_end: str = "",
    kind: str = "plain",
    key: str = "",
    name: str = "",
    value: str = "",
    form: str = "",
    about: Text = "",
    dialog: str = "",
    small: bool = False,
    block: bool = False,
    icon_only: bool = False,
    disabled_reason: Text = "",
    busy_label: Text = "",
    extra_class: str = "",
) -> dict[str, Any]:
    """A link or button that looks like one.

    ``href`` makes a link; ``post`` a button in a form of its own that posts there; neither, the submit button of the
    form around it (or of ``form``, an id) sending ``name=value``. ``key`` is a single-letter shortcut, shown.
    ``about`` is read aloud after the label ("Review … Aaliyah Brooks-Thompson"). ``dialog`` opens the dialog of that
    id where JavaScript runs, and follows ``href`` otherwise. A ``disabled_reason`` keeps it focusable, does nothing,
    and says why.
    """
    for drawing in (icon, icon_end):
        if drawing:
            known_icon(drawing)
    if href and post:
        raise ValueError("An action is a link (href) or a button (post), not both.")
    classes = f"action action--{Kind(kind)}" if kind != Kind.PLAIN else "action"
    for wanted, modifier in ((small, "small"), (block, "block"), (icon_only, "icon")):
        classes += f" action--{modifier}" if wanted else ""
    reason_id = _new_id(context) if disabled_reason else ""
    attributes: dict[str, object] = {"aria-label": label if icon_only else ""}
    if disabled_reason:
        attributes |= {"type": "button", "aria-disabled": "true", "aria-describedby": reason_id}
    else:
        attributes |= {"data-key": key.lower(), "aria-keyshortcuts": key.lower(), "data-dialog": dialog}
        if href:
            attributes["href"] = href
        else:
            attributes |= {"type": "button" if dialog and not post else "submit", "form": form, "name": name}
            attributes |= {"value": value if name else "", "data-busy": busy_label or _("One moment")}
    return {
        "element": "a" if href and not disabled_reason else "button",
        "classes": f"{classes} {extra_class}".strip(),
        "attributes": format_html_join("", ' {}="{}"', ((name, value) for name, value in attributes.items() if value)),
        "label": label,
        "icon": icon,
        "icon_end": icon_end,
        "icon_only": icon_only,
        "about": about,
        "key": "" if disabled_reason else key,
        "post": "" if disabled_reason else post,
        "reason": disabled_reason,
        "reason_id": reason_id,
        "request": context.get("request"),
    }


@register.simple_block_tag(takes_context=True)
def panel(
    context: Context,
    content: str,
    *,
    heading: Text = "",
    level: int = 2,
    link: Text = "",
    link_url: str = "",
    side: Text = "",
    id: str = "",
    label: Text = "",
    extra_class: str = "",
) -> SafeString:
    """A white card around the content: a section named by its heading, or by ``label`` where it has none.

    ``link`` and ``link_url`` stand at the end of the heading's line; ``side`` is small text there instead.
    """
    if level not in {2, 3, 4}:
        raise ValueError("A panel's heading is of level 2, 3 or 4.")
    return _render(
        context,
        "panel",
        heading=heading,
        level=level,
        link=link,
        link_url=link_url,
        side=side,
        id=id,
        label=label,
        extra_class=extra_class,
        heading_id=_new_id(context) if heading else "",
        content=_content(content),
    )


# --- Tables ---------------------------------------------------------------------------------------------------------
@register.simple_block_tag(takes_context=True)
def data_table(
    context: Context,
    content: str,
    *,
    caption: Text,
    columns: Columns,
    page: Page[Any] | None = None,
    empty: parts.Empty | None = None,
    order: str = "",
    show_caption: bool = False,
    cards: bool = True,
    keys: bool = False,
    bare: bool = False,
    foot: Text = "",
    page_param: str = "page",
    order_param: str = "order",
) -> SafeString:
    """A real table around the page's own rows (``row`` and ``cell``).

    ``page`` prints "1 to 25 of 37", Earlier and Next, which keep the rest of the address; without rows on it,
    ``empty`` is shown instead of the table. ``order`` is the order in use (``Columns.order``): heads that sort become
    links. ``cards`` turns rows into cards where the table is narrow. ``keys`` offers ``j k Enter x`` on the rows.
    ``foot`` is a note.
    """
    if not isinstance(columns, Columns):
        raise TypeError("data_table needs columns=Columns(…) from mbl.core.ui.tables.")
    request = _request(context)
    if empty is not None and (len(page) == 0 if page is not None else not content.strip()):
        return _render(context, "data_table_empty", empty=empty)
    return _render(
        context,
        "data_table",
        caption=caption,
        show_caption=show_caption,
        cards=cards,
        keys=keys,
        bare=bare,
        foot=foot,
        heads=[_head(column, order, request, order_param, page_param) for column in columns],
        page=page,
        earlier=_address(request, page_param, page.previous_page_number()) if page and page.has_previous() else "",
        later=_address(request, page_param, page.next_page_number()) if page and page.has_next() else "",
        content=_content(content),
        heading_id=_new_id(context),
    )


@register.simple_block_tag
def row(
    content: str, *, current: bool = False, total: bool = False, hidden: bool = False, lang: str = ""
) -> SafeString:
    """One row. ``current``: where the reader is; ``total``: the sum of the others; ``hidden``: figures withheld."""
    states = " ".join(name for on, name in ((current, "is-current"), (total, "is-total"), (hidden, "is-hidden")) if on)
    return format_html(
        '<tr role="row"{}{}>{}</tr>',
        format_html(' class="{}"', states) if states else EMPTY,
        format_html(' lang="{}"', lang) if lang else EMPTY,
        _content(content),
    )


@register.simple_block_tag
def cell(content: str, column: Column, *, span: int = 1, label: bool = True) -> SafeString:
    """One cell of a column: ``{% cell columns.wait %}12 days{% endcell %}``. A header column's cell names the row."""
    if not isinstance(column, Column):
        raise TypeError("cell needs one of the table's columns, as in {% cell columns.wait %}; check the key.")
    word = str(column.card_word) if label and column.kind != "header" else ""
    element = "th" if column.kind == "header" else "td"
    return _content(f"{_cell_head(element, column.classes, word, span)}{content}</{element}>")


@functools.lru_cache(maxsize=1024)
def _cell_head(element: str, classes: str, word: str, span: int) -> SafeString:
    """How a cell begins: the same in every row of a table."""
    return format_html(
        "<{} {}{}{}{}>",
        element,
        mark_safe('role="rowheader" scope="row"' if element == "th" else 'role="cell"'),  # noqa: S308
        format_html(' class="{}"', classes) if classes else EMPTY,
        format_html(' data-label="{}"', word) if word else EMPTY,
        format_html(' colspan="{}"', span) if span > 1 else EMPTY,
    )


@register.simple_tag
def tick(name: str, value: object, *, about: Text, checked: bool = False) -> SafeString:
    """The checkbox of a row; the whole cell is its target. ``about`` names the row for readers."""
    return format_html(
        '<label><input class="tick" type="checkbox" name="{}" value="{}" data-tick{}>'
        '<span class="visually-hidden">{}</span></label>',
        name,
        value,
        mark_safe(" checked") if checked else EMPTY,
        _("Select %(name)s") % {"name": about},
    )


@register.simple_tag
def meter(done: int, total: int) -> SafeString:
    """ "7 of 8" with a bar under it."""
    width = round(90 * min(done, total) / total) if total else 0
    return format_html(
        '<span class="meter"><span class="nowrap">{}</span>'
        '<svg class="meter__bar" viewBox="0 0 90 6" preserveAspectRatio="none" aria-hidden="true">'
        '<rect width="{}" height="6"/></svg></span>',
        _("%(done)s of %(total)s") % {"done": done, "total": total},
        width,
    )


@register.inclusion_tag("ui/filter_bar.html", takes_context=True)
def filter_bar(
    context: Context,
    *,
    chips: Sequence[parts.Chip] = (),
    form: BaseForm | None = None,
    label: Text = "",
    keep: str = "",
    target: str = "",
    chips_label: Text = "",
) -> dict[str, Any]:
    """Saved views with their counts, then a GET form over the list.

    ``chips_label`` says what the chips choose where they are no saved views.
    ``keep`` names parameters of the address, with spaces between, that the form carries along (the chosen chip).
    ``target`` is the id of the list that htmx replaces when a field changes; the "Show" button works without it.
    """
    request = _request(context)
    kept = [(key, value) for key in keep.split() for value in (request.GET.getlist(key) if request else [])]
    return {
        "chips": chips,
        "chips_label": chips_label or pgettext("saved views", "Show"),
        "form": form,
        "label": label or _("Filter this list"),
        "kept": kept,
        "target": target,
    }


# --- Forms ----------------------------------------------------------------------------------------------------------
@register.inclusion_tag("ui/field.html")
def field(field: BoundField, *, voice: bool = False, question: bool = False, quiet: bool = False) -> dict[str, Any]:
    """One form field: label, hint, control, error, in that order; ``{{ form.x.as_field_group }}`` gives the same.

    ``voice`` sets what is typed in the serif of people's own words; ``question`` sets the label large; ``quiet``
    leaves out "(optional)", for filters.
    """
    if not isinstance(field, BoundField):
        raise TypeError("field needs a field of a form, as in {% field form.note %}; check the name.")
    return {"field": field, "voice": voice, "question": question, "quiet": quiet}


@register.inclusion_tag("ui/error_summary.html")
def error_summary(*forms: BaseForm | None, focus: bool = True) -> dict[str, Any]:
    """All that must be fixed, on top of the page, with links to the fields; takes the focus. Nothing without errors."""
    return {"focus": focus, "problems": [problem for form in forms if form is not None for problem in _problems(form)]}


@register.inclusion_tag("ui/choice_cards.html")
def choice_cards(field: BoundField, *, columns: int = 1, question: bool = False) -> dict[str, Any]:
    """Radio buttons or checkboxes as cards. Labels may be ``parts.Choice`` to carry a text under the word."""
    if not isinstance(field, BoundField):
        raise TypeError("choice_cards needs a field of a form; check the name.")
    if columns not in {1, 2, 3}:
        raise ValueError("Choice cards stand in one, two or three columns.")
    return {"field": field, "columns": columns, "question": question}


@register.inclusion_tag("ui/rubric_row.html")
def rubric_row(
    criterion: parts.RubricCriterion,
    field: BoundField,
    *,
    note: BoundField | None = None,
    read_text: Text = "",
    heading_level: int = 3,
) -> dict[str, Any]:
    """One standard to judge: a fieldset of its levels with their full text. Keys 1 to 6 choose in the focused row."""
    if not isinstance(field, BoundField):
        raise TypeError("rubric_row needs a field of a form; check the name.")
    return {
        "criterion": criterion,
        "field": field,
        "note": note,
        "chosen": str(field.value() or ""),
        "read_text": read_text or _("read the standard"),
        "heading_level": heading_level,
    }


@register.inclusion_tag("ui/decision.html", takes_context=True)
def decision(
    context: Context,
    *,
    form: BaseForm,
    verdicts: Sequence[parts.Verdict],
    heading: Text = "",
    url: str = "",
    autosave: str = "",
    name: str = "verdict",
    id: str = "decide",
    level: int = 2,
) -> dict[str, Any]:
    """A comment and the verdict on it: each verdict is a button that submits the form as ``name=value``."""
    return {
        "form": form,
        "verdicts": verdicts,
        "heading": heading or _("Your decision"),
        "url": url,
        "autosave": autosave,
        "name": name,
        "id": id,
        "level": level,
        "request": context.get("request"),
    }


# --- Messages -------------------------------------------------------------------------------------------------------
@register.simple_block_tag(takes_context=True)
def notice(
    context: Context, content: str, *, tone: str = "info", icon: str = "", id: str = "", alert: bool = False
) -> SafeString:
    """A message in the flow of the page. ``alert`` reads it out at once: for what just went wrong."""
    drawing = known_icon(icon or {"attention": "bulb"}.get(tone, TONE_ICON[Tone(tone)]))
    return _render(context, "notice", tone=tone, icon=drawing, id=id, alert=alert, content=_content(content))


@register.inclusion_tag("ui/toast.html", takes_context=True)
def toast(context: Context, sentence: Text, *, undo: str = "", icon: str = "check") -> dict[str, Any]:
    """What was just done, with its way back: ``undo`` is the address a POST to which writes the reversing record."""
    return {"sentence": sentence, "undo": undo, "icon": known_icon(icon), "request": context.get("request")}


@register.inclusion_tag("ui/empty_state.html")
def empty_state(empty: parts.Empty, *, level: int = 2) -> dict[str, Any]:
    """Why nothing is here, and the way to change it."""
    return {"empty": empty, "icon": known_icon(empty.icon), "level": level}


@register.inclusion_tag("ui/job_progress.html")
def job_progress(job: parts.JobProgress, *, level: int = 2) -> dict[str, Any]:
    """Long work: a bar and a sentence, refreshed every two seconds while it runs; a link does the same by hand."""
    return {"job": job, "level": level}


@register.simple_block_tag(takes_context=True)
def dialog(context: Context, content: str, *, id: str, title: Text) -> SafeString:
    """A short side task, opened by an action with ``dialog=id``; the same content has a page at that link."""
    return _render(context, "dialog", id=id, title=title, content=_content(content))


# --- Facts and stories ----------------------------------------------------------------------------------------------
@register.inclusion_tag("ui/facts.html")
def facts(pairs: Sequence[parts.Fact], *, layout: Literal["frame", "sunken", "list"] = "frame") -> dict[str, Any]:
    """Three to five key numbers in one frame; ``layout="list"`` prints the pairs as a quiet list for a rail."""
    if layout not in {"frame", "sunken", "list"}:
        raise ValueError(f"facts has no layout “{layout}”.")
    return {"pairs": pairs, "layout": layout}


@register.inclusion_tag("ui/checklist.html")
def checklist(items: Sequence[parts.ChecklistItem]) -> dict[str, Any]:
    """Required items, each with its state in a word."""
    return {"items": items}


@register.inclusion_tag("ui/thread.html")
def thread(entries: Sequence[parts.ThreadEntry]) -> dict[str, Any]:
    """A story in the order it happened."""
    for entry in entries:
        known_icon(entry.icon)
        Tone(entry.tone)
    return {"entries": entries}


@register.inclusion_tag("ui/change_pair.html")
def change_pair(
    heading: Text, *, old: parts.ChangeSide, new: parts.ChangeSide, word: Text = "", level: int = 2
) -> dict[str, Any]:
    """One section of two versions side by side; they stack, each with its label, where there is no room."""
    return {"heading": heading, "sides": (old, new), "word": word or _("Changed"), "level": level}


@register.inclusion_tag("ui/credit_bar.html")
def credit_bar(amounts: parts.CreditAmounts, *, small: bool = False, numbers: bool = True) -> dict[str, Any]:
    """Earned, in progress, planned and still to plan: the numbers, and a bar that repeats them for the eye."""
    return {"amounts": amounts, "small": small, "numbers": numbers, "bar": _credit_parts(amounts)}


@register.inclusion_tag("ui/why_panel.html", takes_context=True)
def why_panel(context: Context, result: parts.Why, *, heading: Text = "", level: int = 2) -> dict[str, Any]:
    """How a result came about: rule, version, what was counted and what was not, the citation, the date of the data."""
    return {
        "result": result,
        "heading": heading or _("Why this result"),
        "level": level,
        "heading_id": _new_id(context),
    }


@register.inclusion_tag("ui/worked_out.html")
def worked_out(
    status: str, *, rule: str, citation: Text, as_of: dt.date | dt.datetime | None = None, of: Text = ""
) -> dict[str, Any]:
    """Where a computed status comes from (R85): the rule, its citation, the day of the data.

    ``status`` names what was worked out (``progress``); ``as_of`` left out is today, for what is worked out on each
    opening. ``of`` is a word before it where a page has several.
    """
    day = as_of or timezone.localdate()
    shown = timezone.localtime(day).date() if isinstance(day, dt.datetime) else day
    return {"status": status, "rule": rule, "citation": citation, "day": shown, "of": of}


@register.inclusion_tag("ui/steps.html")
def steps(steps: Sequence[parts.Step], now: int) -> dict[str, Any]:
    """Where the reader is in a wizard; ``now`` counts from 1. Earlier steps are done."""
    return {"steps": steps, "now": now}


@register.inclusion_tag("ui/next_step.html", takes_context=True)
def next_step(
    context: Context,
    title: Text,
    *,
    action: Text,
    url: str,
    quote: str = "",
    due: Text = "",
    brow: Text = "",
    level: int = 2,
) -> dict[str, Any]:
    """The one thing to do now. ``due`` is a sentence: when, and how long it takes."""
    return {
        "title": title,
        "action": action,
        "url": url,
        "quote": quote,
        "due": due,
        "brow": brow or _("Your next step"),
        "heading_id": _new_id(context),
        "level": level,
    }


@register.inclusion_tag("ui/credit_tile.html")
def credit_tile(credit: parts.MasteryCredit) -> dict[str, Any]:
    """One mastery credit: an outline for foundational, solid with a star for advanced; the word is always there."""
    return {"credit": credit, "domain": (credit.domain - 1) % 6 + 1 if credit.domain else "none"}


@register.inclusion_tag("ui/mastery_grid.html", takes_context=True)
def mastery_grid(context: Context, grid: parts.Grid, *, caption: Text) -> dict[str, Any]:
    """Students by standards. Each cell links to its why page; with JavaScript the grid is one Tab stop, then arrows."""
    cells = _GridCells(grid)
    rows = [(row, cells.row(row.cells)) for row in grid.rows]
    return {"grid": grid, "rows": rows, "caption": caption, "heading_id": _new_id(context)}


# --- Figures --------------------------------------------------------------------------------------------------------
@register.simple_tag
def interval(
    share: figures.Value,
    low: float = 0.0,
    high: float = 0.0,
    *,
    reference: float | None = None,
    maximum: float,
    tone: str = "",
) -> SafeString:
    """A rate with its interval in a table row; hidden values print their reason in words."""
    if isinstance(share, figures.Hidden):
        return format_html('<span class="interval-hidden">{}{}</span>', icon("eye-off"), share.reason)
    return figures.interval(share, low, high, reference=reference, maximum=maximum, tone=tone)


@register.simple_block_tag(takes_context=True)
def figure(
    context: Context, content: str, *, title: Text, svg: SafeString, legend: Sequence[figures.Key] = (), note: Text = ""
) -> SafeString:
    """A standalone chart. The title says the finding; the content is the table of the same data, folded under it."""
    return _render(context, "figure", title=title, svg=svg, legend=legend, note=note, content=_content(content))


# --- Inside ---------------------------------------------------------------------------------------------------------
def _render(context: Context, component: str, /, **values: object) -> SafeString:
    values |= {"csrf_token": context.get("csrf_token"), "request": context.get("request")}
    engine = cast(template.base.Template, context.template).engine
    return engine.get_template(f"ui/{component}.html").render(context.new(values))


def _content(content: str) -> SafeString:
    """What a block tag received is already rendered, escaped where it was written."""
    return mark_safe(content)  # noqa: S308


def _new_id(context: Context) -> str:
    """An id that no other component of this answer has; a fragment's ids differ from those of the page it lands in."""
    shared = cast(dict[str, Any], context.render_context.dicts[0])
    if "ui_ids" not in shared:
        request = _request(context)
        fragment = request is not None and "HX-Request" in request.headers
        shared["ui_ids"] = (f"f{secrets.token_hex(2)}-" if fragment else "ui-", itertools.count(1))
    prefix, numbers = shared["ui_ids"]
    return f"{prefix}{next(numbers)}"


def _request(context: Context) -> HttpRequest | None:
    return cast(HttpRequest | None, context.get("request"))


def _address(request: HttpRequest | None, name: str, value: object, *, without: str = "") -> str:
    """The page's own address with one parameter changed and perhaps one left out."""
    parameters = request.GET.copy() if request is not None else QueryDict(mutable=True)
    parameters[name] = str(value)
    if without:
        parameters.pop(without, None)
    return f"?{parameters.urlencode()}"


def _head(column: Column, order: str, request: HttpRequest | None, order_param: str, page_param: str) -> dict[str, Any]:
    ascending, descending = order == column.key, order == f"-{column.key}"
    following = f"-{column.key}" if ascending else column.key
    return {
        "column": column,
        "url": _address(request, order_param, following, without=page_param) if column.sort else "",
        "sort": "ascending" if ascending else "descending" if descending else "",
        "icon": "sort-ascending" if ascending else "sort-descending" if descending else "sort-both",
    }


def _problems(form: BaseForm) -> Iterator[dict[str, str]]:
    for name, errors in form.errors.items():
        anchor = _anchor(form[name]) if name in form.fields else ""
        for error in cast(Iterable[str], errors):
            yield {"text": str(error), "anchor": anchor}


def _anchor(field: BoundField) -> str:
    """The id a link to the field jumps to: its control, or the first of its choices."""
    return f"{field.auto_id}_0" if field.use_fieldset else field.id_for_label


def _credit_parts(amounts: parts.CreditAmounts) -> list[dict[str, Any]]:
    """Widths in a bar of 240 units, with white gaps of two between the parts."""
    total = float(amounts.total) or 1.0
    shown, at = [], 0.0
    for name, value in (("earned", amounts.earned), ("doing", amounts.in_progress), ("planned", amounts.planned)):
        width = 240 * float(value) / total
        if width:
            shown.append({"name": name, "x": f"{at:.1f}", "width": f"{width:.1f}", "end": f"{at + width - 1:.1f}"})
        at += width
    return shown


class _GridCells:
    """Writes the cells of one grid. Thousands differ in few ways, so all but the address is written once for each."""

    def __init__(self, grid: parts.Grid) -> None:
        self._current = grid.current
        self._drawn = {level.position: level for level in grid.scale.legend}
        self._heads = {
            position: format_html('<td class="level-tint--{} level-shape--{}"><a href="', level.tint, level.shape)
            for position, level in self._drawn.items()
        }
        self._tails: dict[tuple[int, int], SafeString] = {}

    def row(self, cells: Sequence[parts.GridCell]) -> SafeString:
        return mark_safe("".join(map(self._cell, cells)))  # noqa: S308 - each part is escaped where it is written

    def _cell(self, cell: parts.GridCell) -> str:
        key = (cell.position, cell.attempts)
        if key not in self._tails:
            self._tails[key] = self._tail(*key)
        here = '" aria-current="true' if self._current and cell.url == self._current else ""
        return f"{self._heads[cell.position]}{html.escape(cell.url)}{here}{self._tails[key]}"

    def _tail(self, position: int, attempts: int) -> SafeString:
        often = format_html("<i>×{}</i>", attempts) if attempts else EMPTY
        return format_html('">{}{}</a></td>', self._drawn[position].word, often)
