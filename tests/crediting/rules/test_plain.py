"""Statements print as plain text, whatever a publisher wrote."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crediting.rules.plain import plain_text


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("Quantities<sup>★</sup>", "Quantities★"),
        ("x<sup>2</sup> + y<SUP>-1</SUP>", "x² + y⁻¹"),
        ("5<sup>1/3</sup> is the cube root of 5", "5^(1/3) is the cube root of 5"),
        ("the complex fraction <sup>1/2</sup>/<sub>1/4</sub> miles", "the complex fraction (1/2)/(1/4) miles"),
        ("c(v<sub>x</sub>, v<sub>y</sub>) and a<sub>12</sub>", "c(v_x, v_y) and a₁₂"),
        ("at the high end.<br />By the end of grade 10", "at the high end.\nBy the end of grade 10"),
        ('5 = <img src="box.gif" alt="box"/> - 3', "5 = box - 3"),
        ('5 = <img src="box.gif"> - 3', "5 = […] - 3"),
        ("Read &amp; write &ldquo;well&rdquo;&nbsp;&lt;b&gt;", "Read & write “well” <b>"),
        ("<ul><li>one</li><li>two</li></ul>", "one\ntwo"),
        ("<p>First.</p><p>Second.</p>", "First.\nSecond."),
        ("<script>alert(1)</script>Read<style>p{}</style>", "Read"),
        ("<img src=x onerror=alert(1)>Read <a href='javascript:x'>this</a>", "[…]Read this"),
        ("<!-- hidden <b> -->Read <!-- open", "Read"),
        ("Unclosed <b>bold and <i>more", "Unclosed bold and more"),
        ("Stray</p></div> ends", "Stray ends"),
        ("<math><msup><mi>x</mi><mn>2</mn></msup><mo>=</mo><mn>4</mn></math>", "x²=4"),
        ("<math><mfrac><mrow><mi>a</mi><mo>+</mo><mn>1</mn></mrow><mi>b</mi></mfrac></math>", "(a+1)/b"),
        ("<math><msqrt><mn>2</mn></msqrt><annotation>\\sqrt2</annotation></math>", "√2"),
        ("<math><mroot><mn>8</mn><mn>3</mn></mroot><msub><mi>a</mi><mi>n</mi></msub></math>", "³√8a_n"),
        ("A _table_ and **strong** `code` [link](https://example.org) *here*", "A table and strong code link here"),
        ("| Column 1 | Column 2 |\n| --- | --- |\n| a | b |", "| Column 1 | Column 2 |\n| a | b |"),
    ],
)
def test_marks_become_plain_text(written: str, printed: str) -> None:
    assert plain_text(written) == printed


@pytest.mark.parametrize(
    "text",
    [
        "Explain why x < 5 and y > 3.",
        "Compare a<b and c>d.",
        "List<String> holds strings.",
        "2 * 3 * 4 = 24, snake_case_name, footnote*",
        "It costs $5 & $6 [see table].",
        "Grade 9: 3<4",
    ],
)
def test_what_is_no_markup_stays(text: str) -> None:
    assert plain_text(text) == text


@given(st.text(alphabet="<>/&;sup bimgtahrefx=\"'*_`[]()2-!|\n", max_size=80))
def test_nothing_breaks_it_and_a_second_time_is_quick(text: str) -> None:
    assert len(plain_text(text)) <= 4 * len(text) + 4


def test_a_hostile_text_takes_no_time() -> None:
    for hostile in (
        "<b " * 30_000,
        "**a" * 10_000,
        "[" * 50_000,
        "<sup>" * 3_000 + "x",
        "| --- " * 9_000,
        "_a" * 20_000,
    ):
        assert isinstance(plain_text(hostile), str)
