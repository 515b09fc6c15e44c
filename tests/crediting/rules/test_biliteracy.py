"""World language credit as evidence for the Seal of Biliteracy: by language, never decided (T27)."""

from decimal import Decimal

import pytest

from crediting.rules.biliteracy import Credit, evidence


@pytest.mark.rule("T27", partial=True)
@pytest.mark.parametrize(
    ("credits", "found"),
    [
        ([], []),
        ([("spanish", "2.0")], [("spanish", "2.0", "2.0", False)]),
        ([("spanish", "3.0"), ("Spanish", "1.0")], [("spanish", "4.0", "0", True)]),
        ([("spanish", "2.0"), ("somali", "2.0")], [("spanish", "2.0", "2.0", False), ("somali", "2.0", "2.0", False)]),
        ([("spanish", "5.0")], [("spanish", "5.0", "0", True)]),
        ([("", "4.0")], [("World language", "4.0", "0", False)]),
        ([("spanish", "3.9")], [("spanish", "3.9", "0.1", False)]),
    ],
)
def test_four_credits_in_one_language_are_what_the_state_takes(
    credits: list[tuple[str, str]], found: list[tuple[str, str, str, bool]]
) -> None:
    shown = evidence(Credit(language, "World language", Decimal(amount)) for language, amount in credits)
    assert [(one.language, one.credits, one.still, one.is_enough) for one in shown] == [
        (language, Decimal(earned), Decimal(still), enough) for language, earned, still, enough in found
    ]
