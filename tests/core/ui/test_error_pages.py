"""Pages for when something does not work say what happened, what is safe and what to do."""

import pytest
from django.template.loader import render_to_string
from django.test import RequestFactory


@pytest.mark.parametrize("status", [400, 403, 404, 409, 413, 429, 500, 503])
def test_page_says_what_is_safe_and_what_to_do(status: int) -> None:
    page = render_to_string(f"errors/{status}.html", {"status": status, "reference": "4f9a1c22", "reason": "Because."})
    assert page.count("<h1") == 1
    assert "4f9a1c22" in page
    assert any(words in page for words in ("Nothing was changed", "not saved", "is safe", "Nothing is lost"))
    if status not in {404, 500, 503}:
        assert "Because." in page or status == 413


@pytest.mark.parametrize("status", [500, 503])
def test_page_without_a_working_system_asks_nobody(status: int) -> None:
    # No db fixture: a query would fail here; no request: nobody's name is read.
    page = render_to_string(f"errors/{status}.html", {})
    assert "set-language" not in page
    assert "<form" not in page


def test_too_large_file_says_so_also_on_the_general_page() -> None:
    request = RequestFactory().get("/")
    page = render_to_string("errors/400.html", {"status": 413, "reason": "Files may have 50 MB."}, request=request)
    assert "This file is too large" in page
    assert "Files may have 50 MB." in page
