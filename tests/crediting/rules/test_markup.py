"""Statements as HTML: what is allowed becomes markup, everything else is text."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crediting.rules.markup import html_of, plain_of


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("Words", "<p>Words</p>"),
        ("One\n\nTwo\nThree", "<p>One</p><p>Two<br>Three</p>"),
        ("Use **bold** and _soft_ words", "<p>Use <strong>bold</strong> and <em>soft</em> words</p>"),
        ("x_1 and y_2, 3 * 4 * 5", "<p>x_1 and y_2, 3 * 4 * 5</p>"),
        ("Creating<sup>★</sup>", "<p>Creating<sup>★</sup></p>"),
        ("<i>a<sub>n</sub></i>", "<p><i>a<sub>n</sub></i></p>"),
        ("- one\n- two", "<ul><li>one</li><li>two</li></ul>"),
        ("$x^2 < 4$ & `code`", "<p>$x^2 &lt; 4$ &amp; <code>code</code></p>"),
        (
            "| a | b |\n|---|---|\n| 1 | 2 |",
            '<table><thead><tr><th scope="col">a</th><th scope="col">b</th></tr></thead>'
            "<tbody><tr><td>1</td><td>2</td></tr></tbody></table>",
        ),
    ],
)
def test_a_statement_reads_as_its_publisher_meant_it(text: str, html: str) -> None:
    assert html_of(text) == html


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>", "<sup onclick=alert(1)>x</sup>", "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))", "<sup>never closed", "</sup>", "<b><i>crossed</b></i>", "<style>*{}</style>",
        "`<script>`", "_a <b>x_ y</b>", "**a <i>b** c</i>", "`a <b>x` y</b>", '**"><svg onload=1>**', "&lt;script&gt;",
    ],
)  # fmt: skip
def test_nothing_else_becomes_markup(text: str) -> None:
    assert_safe(html_of(text))


@given(st.text(alphabet="<>/&;\"'*_`|-\n absupscriptn=()", max_size=120))
def test_whatever_is_written_only_plain_tags_come_out_and_each_is_closed(text: str) -> None:
    assert_safe(html_of(text))


def assert_safe(html: str) -> None:
    allowed = {
        "p", "br", "ul", "li", "table", "thead", "tbody", "tr", "td", "th", "sup", "sub", "b", "i", "em", "strong",
        "u", "code",
    }  # fmt: skip
    open_: list[str] = []
    for closing, name, rest in re.findall(r"<(/?)([a-z]*)([^<>]*)>", html):
        assert name in allowed
        assert rest in ("", ' scope="col"')
        if name == "br":
            continue
        if closing:
            assert open_.pop() == name
        else:
            open_.append(name)
    assert open_ == []
    assert html.count("<") == html.count(">") == len(re.findall(r"</?[a-z]+(?: scope=\"col\")?>", html))


def test_a_line_of_a_list_has_no_marks() -> None:
    assert plain_of("Use **bold**\n_words_<sup>★</sup> and x_1") == "Use bold words★ and x_1"
