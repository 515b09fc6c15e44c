"""The kit and the shells in a real browser: for everyone, at every width, by keyboard, and without JavaScript."""

import re

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from mbl.core.models import Draft
from mbl.core.views.styleguide import SHELLS
from tests.browser.checks import WIDTHS, assert_no_sideways_scroll, assert_quiet, assert_usable, visit
from tests.browser.conftest import sign_in
from tests.personas import Personas

# WCAG 2.1, 1.4.12
TEXT_SPACING = "* {line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important}"
AUTOSAVED_FORM = """() => {
  const form = document.createElement("form");
  form.method = "post";
  form.dataset.autosave = "/drafts/sample/";
  form.innerHTML = '<label>Text <textarea name="text"></textarea></label><p role="status" data-autosave-status></p>';
  form.append(document.querySelector("input[name=csrfmiddlewaretoken]").cloneNode());
  document.querySelector("main").append(form);
  form.dispatchEvent(new CustomEvent("htmx:afterSettle", {bubbles: true, detail: {elt: form}}));
}"""
PAGES = ["/styleguide/", *(f"/styleguide/{name}/" for name in SHELLS)]


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("path", PAGES)
def test_every_component_and_shell_can_be_used_by_everyone(
    browser_page: Page, live_server: LiveServer, path: str, width: int
) -> None:
    visit(browser_page, live_server.url + path, width)
    assert_usable(browser_page)


@pytest.mark.parametrize("path", PAGES)
def test_nothing_sticks_out_when_text_runs_from_right_to_left(
    browser_page: Page, live_server: LiveServer, path: str
) -> None:
    visit(browser_page, live_server.url + path, 390)
    browser_page.evaluate("document.documentElement.dir = 'rtl'")
    assert_no_sideways_scroll(browser_page)


@pytest.mark.parametrize("path", PAGES)
def test_text_may_be_spaced_and_enlarged_without_sideways_scroll(
    browser_page: Page, live_server: LiveServer, path: str
) -> None:
    visit(browser_page, live_server.url + path, 640)  # 1280 px at 200%
    browser_page.evaluate(
        """spacing => {
          const sheet = new CSSStyleSheet();
          sheet.replaceSync(spacing);
          document.adoptedStyleSheets = [sheet];
        }""",
        TEXT_SPACING,
    )
    assert_no_sideways_scroll(browser_page)


def test_an_error_page_is_usable_and_says_what_to_do(browser_page: Page, live_server: LiveServer) -> None:
    visit(browser_page, live_server.url + "/verify-nothing-here/", 390, status=404)
    assert_usable(browser_page, status=404)
    expect(browser_page.get_by_role("heading", level=1)).to_have_text("There is no page here")


def test_keys_walk_through_the_rows_tick_them_and_list_themselves(browser_page: Page, live_server: LiveServer) -> None:
    visit(browser_page, live_server.url + "/styleguide/staff/")
    rows = browser_page.locator("[data-rows] > tr")
    expect(rows.nth(0)).to_have_class("is-current")
    browser_page.keyboard.press("j")
    expect(rows.nth(1)).to_have_class("is-current")
    expect(rows.nth(1).locator("th a")).to_be_focused()
    browser_page.keyboard.press("x")
    expect(rows.nth(1).locator("[data-tick]")).to_be_checked()
    browser_page.keyboard.press("k")
    expect(rows.nth(0)).to_have_class("is-current")
    browser_page.keyboard.press("/")
    expect(browser_page.locator("#site-search")).to_be_focused()
    browser_page.keyboard.type("j?x")
    expect(browser_page.locator("#site-search")).to_have_value("j?x")
    browser_page.locator("#main").focus()
    browser_page.keyboard.press("?")
    expect(browser_page.locator("#shortcuts")).to_be_visible()
    browser_page.keyboard.press("Escape")
    expect(browser_page.locator("#shortcuts")).to_be_hidden()


def test_single_keys_can_be_switched_off(browser_page: Page, live_server: LiveServer) -> None:
    visit(browser_page, live_server.url + "/styleguide/staff/")
    browser_page.evaluate("document.body.dataset.singleKeys = 'off'")
    browser_page.keyboard.press("?")
    expect(browser_page.locator("#shortcuts")).to_be_hidden()


def test_digits_choose_a_level_in_the_rubric_row_that_has_the_focus(
    browser_page: Page, live_server: LiveServer
) -> None:
    visit(browser_page, live_server.url + "/styleguide/focus/")
    row = browser_page.locator("[data-rubric-row]").first
    row.locator("input").nth(2).focus()
    browser_page.keyboard.press("4")
    expect(row.locator("input").nth(3)).to_be_checked()
    expect(row.locator("input").nth(3)).to_be_focused()


def test_the_grid_is_one_tab_stop_and_arrows_move_in_it(browser_page: Page, live_server: LiveServer) -> None:
    visit(browser_page, live_server.url + "/styleguide/")
    links = browser_page.locator("table[data-grid] td > a")
    expect(browser_page.locator('table[data-grid] td > a[tabindex="0"]')).to_have_count(1)
    links.nth(0).focus()
    browser_page.keyboard.press("ArrowRight")
    expect(links.nth(1)).to_be_focused()
    browser_page.keyboard.press("ArrowDown")
    expect(links.nth(5)).to_be_focused()
    browser_page.keyboard.press("End")
    expect(links.nth(7)).to_be_focused()
    expect(browser_page.locator('table[data-grid] td > a[tabindex="0"]')).to_have_count(1)


def test_a_dialog_opens_closes_with_escape_and_gives_the_focus_back(
    browser_page: Page, live_server: LiveServer
) -> None:
    visit(browser_page, live_server.url + "/styleguide/")
    opener = browser_page.locator('[data-dialog="sample-dialog"]')
    opener.focus()
    browser_page.keyboard.press("Enter")
    expect(browser_page.locator("#sample-dialog")).to_be_visible()
    browser_page.keyboard.press("Escape")
    expect(browser_page.locator("#sample-dialog")).to_be_hidden()
    expect(opener).to_be_focused()


def test_a_menu_closes_with_escape_and_gives_the_focus_back(browser_page: Page, live_server: LiveServer) -> None:
    visit(browser_page, live_server.url + "/styleguide/staff/")
    account = browser_page.locator("summary.account")
    account.click()
    expect(browser_page.get_by_role("button", name="Sign out")).to_be_visible()
    browser_page.keyboard.press("Escape")
    expect(browser_page.get_by_role("button", name="Sign out")).to_be_hidden()
    expect(account).to_be_focused()


def test_a_disabled_action_does_nothing_and_says_why(browser_page: Page, live_server: LiveServer) -> None:
    visit(browser_page, live_server.url + "/styleguide/")
    publish = browser_page.get_by_role("button", name="Publish version 4")
    expect(publish).to_have_accessible_description("You can publish when both open items are done.")
    publish.focus()
    browser_page.keyboard.press("Enter")
    assert browser_page.url.endswith("/styleguide/")


def test_the_skip_link_is_first_and_leads_to_the_main_part(browser_page: Page, live_server: LiveServer) -> None:
    visit(browser_page, live_server.url + "/styleguide/staff/")
    browser_page.keyboard.press("Tab")
    expect(browser_page.get_by_role("link", name="Skip to main content")).to_be_focused()
    browser_page.keyboard.press("Enter")
    expect(browser_page.locator("main#main")).to_be_focused()


def test_a_form_cannot_be_sent_twice_and_says_that_it_is_busy(browser_page: Page, live_server: LiveServer) -> None:
    visit(browser_page, live_server.url + "/styleguide/focus/")
    sent: list[str] = []
    # The server is slow: the request is counted and left without an answer.
    browser_page.route(
        "**/*", lambda route: sent.append(route.request.url) if route.request.method == "POST" else route.continue_()
    )
    busy = browser_page.evaluate(
        """async () => {
          const button = document.querySelector("#decide button[value=approve]");
          button.click(); button.click();
          await new Promise(done => setTimeout(done, 700));
          return [button.getAttribute("aria-busy"), button.textContent];
        }"""
    )
    assert busy == ["true", "One moment"]
    assert len(sent) == 1


def test_what_is_typed_is_kept_and_the_page_says_so(
    browser_page: Page, live_server: LiveServer, personas: Personas
) -> None:
    user = personas.student.user
    sign_in(browser_page, user, live_server.url)
    visit(browser_page, live_server.url + "/account/")
    browser_page.evaluate(AUTOSAVED_FORM)
    browser_page.evaluate("import('/static/js/autosave.js').then(() => true)")
    browser_page.get_by_label("Text").fill("I went back to the creek.")
    expect(browser_page.locator("[data-autosave-status]")).to_have_text(re.compile(r"^Saved \d{1,2}:\d\d"))
    assert Draft.objects.get(user=user, key="sample").data == {"text": "I went back to the creek."}
    browser_page.context.set_offline(True)
    browser_page.get_by_label("Text").fill("I went back to the creek three times.")
    expect(browser_page.locator("[data-autosave-status]")).to_contain_text("You are offline.")
    browser_page.context.set_offline(False)
    expect(browser_page.locator("[data-autosave-status]")).to_have_text(re.compile(r"^Saved "))
    assert Draft.objects.get(user=user, key="sample").data == {"text": "I went back to the creek three times."}


def test_without_javascript_menus_open_and_filters_work(plain_page: Page, live_server: LiveServer) -> None:
    visit_plain = plain_page.goto(live_server.url + "/styleguide/staff/?show=me")
    assert visit_plain is not None
    assert visit_plain.status == 200
    plain_page.set_viewport_size({"width": 390, "height": 900})
    plain_page.locator(".site-menu summary").click()
    expect(plain_page.get_by_role("link", name="Mastery grid")).to_be_visible()
    plain_page.locator(".site-menu summary").click()
    plain_page.get_by_label("Find by name or ID").fill("Ropati")
    plain_page.get_by_role("button", name="Show").click()
    plain_page.wait_for_url("**q=Ropati**")
    assert "show=me" in plain_page.url
    assert_quiet(plain_page)


def test_marks_borders_and_the_current_row_remain_in_forced_colors(browser_page: Page, live_server: LiveServer) -> None:
    browser_page.emulate_media(forced_colors="active")
    visit(browser_page, live_server.url + "/styleguide/staff/")
    border = browser_page.locator(".status-badge--urgent").first.evaluate("one => getComputedStyle(one).borderTopStyle")
    assert border == "solid"
    assert_usable(browser_page)
