"""Sentences for people."""

from enum import StrEnum

import pytest
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from mbl.core.decisions import Reason
from mbl.core.errors import DomainError, InvalidTransition
from mbl.core.states import JobState
from mbl.core.words import error_text, register_states, register_words, sentence, state_tone, state_word

register_words(
    {
        "tests.cap": _("%(earned)s of %(cap)s credits are already earned this way."),
        "tests.count": ngettext_lazy("%(count)d judgement is missing.", "%(count)d judgements are missing.", "count"),
    }
)


class Light(StrEnum):
    GREEN = "done"
    RED = "red"


class Other(StrEnum):
    DONE = "done"


def test_a_reason_is_a_whole_sentence() -> None:
    reason = Reason("tests.cap", {"earned": "2.000", "cap": "2.000"})

    assert sentence(reason) == "2.000 of 2.000 credits are already earned this way."


@pytest.mark.parametrize(("count", "text"), [(1, "1 judgement is missing."), (3, "3 judgements are missing.")])
def test_a_reason_counts(count: int, text: str) -> None:
    assert sentence(Reason("tests.count", {"count": count})) == text


def test_an_old_reason_without_a_newer_parameter_still_reads() -> None:
    assert sentence(Reason("tests.cap", {"cap": "2.000"})) == "– of 2.000 credits are already earned this way."


def test_a_reason_without_words_is_shown_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    assert sentence(Reason("tests.unknown")) == "tests.unknown"
    assert "No words for the reason tests.unknown" in caplog.text


def test_states_of_two_things_that_are_spelled_alike_have_their_own_words() -> None:
    register_states(Light, {Light.GREEN: _("Go"), Light.RED: (_("Stop"), "urgent")})
    register_states(Other, {Other.DONE: _("Finished")})

    assert (state_word(Light.GREEN), state_word(Other.DONE)) == ("Go", "Finished")
    assert (state_tone(Light.RED), state_tone(Light.GREEN)) == ("urgent", "")


def test_every_state_needs_a_word() -> None:
    with pytest.raises(ValueError, match="Light has no word for red"):
        register_states(Light, {Light.GREEN: _("Go")})


def test_what_has_moved_on_is_said_with_the_states_word() -> None:
    text = error_text(InvalidTransition("stop", JobState.DONE))

    assert text.startswith("This has moved on in the meantime: it is now “Done”.")


def test_a_sentence_for_people_is_said_in_the_language_of_now() -> None:
    error = DomainError(_("Yes"))  # type: ignore[arg-type]

    with translation.override("es"):
        assert error_text(error) == "Sí"
