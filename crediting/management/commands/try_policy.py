"""Try a policy on made-up cases. Reads two files and no database."""

import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from crediting.interchange import policy_file
from crediting.rules.outcome import Outcome
from crediting.rules.policy import cases as case_file
from crediting.rules.policy import document, loader
from crediting.rules.policy.cases import Case
from crediting.rules.policy.document import Document, Problem, plain
from crediting.rules.policy.loader import PolicyFile
from crediting.rules.policy.strangers import strangers
from crediting.rules.trial import Tried, try_cases
from crediting.words import sentence
from mbl.core.decisions import Reason
from mbl.core.words import known_codes

AS_EXPECTED, MISMATCH, INVALID = 0, 1, 2
ENDINGS = (".yaml", ".yml", ".json")


class Command(BaseCommand):
    help = (
        "Try a policy file on a file of cases (docs/policy-file.md). Exit 0: as expected or nothing expected; "
        "1: something came out otherwise; 2: a file is invalid."
    )
    requires_system_checks: list[str] = []
    # The exit code and the printed list are the answer, and both files are plain text.
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("policy", type=Path, help="a policy file, or a folder with the versions of one policy")
        parser.add_argument("cases", type=Path, help="a file of cases (mbl-cases/1)")
        parser.add_argument("--json", action="store_true", help="print the outcomes as a JSON list")

    def handle(self, *args: Any, **options: Any) -> None:
        policies, faults = _policies(options["policy"])
        cases, read, more = _cases(options["cases"])
        if faults or more or read is None:
            self._print_faults([*faults, *more], as_json=options["json"])
            sys.exit(INVALID)
        in_order = sorted((one.terms for _name, one in policies), key=lambda one: one.effective_from)
        versions = [replace(one, number=number) for number, one in enumerate(in_order, start=1)]
        doubts = [(name, doubt) for name, one in policies for doubt in one.warnings]
        doubts += [(options["cases"].name, one) for one in strangers(versions, read, known_codes())]
        for name, doubt in doubts:
            self.stderr.write(f"{name}:{doubt.line}: note: {sentence(doubt.reason)}")
        tried = list(try_cases(versions, cases))
        if options["json"]:
            self.stdout.write(json.dumps([as_json(one) for one in tried], indent=2, ensure_ascii=False))
        else:
            in_full = options["verbosity"] > 1
            for one in tried:
                self.stdout.write(as_text(one, in_full=in_full or one.matches is not True))
            self.stdout.write(in_all(tried))
        sys.exit(MISMATCH if any(one.matches is False for one in tried) else AS_EXPECTED)

    def _print_faults(self, faults: Sequence[tuple[str, Problem]], *, as_json: bool) -> None:
        if as_json:
            said = [
                {
                    "file": name,
                    "line": fault.line,
                    "column": fault.column,
                    "where": fault.where,
                    "code": fault.reason.code,
                    "text": sentence(fault.reason),
                }
                for name, fault in faults
            ]
            self.stdout.write(json.dumps({"faults": said}, indent=2, ensure_ascii=False))
            return
        for name, fault in faults:
            where = f" ({fault.where})" if fault.where else ""
            self.stderr.write(f"{name}:{fault.line}: {sentence(fault.reason)}{where}")


def _policies(source: Path) -> tuple[list[tuple[str, PolicyFile]], list[tuple[str, Problem]]]:
    """The versions in ``source`` by the names of their files, and the faults of its files."""
    files = sorted(one for one in source.iterdir() if one.suffix in ENDINGS) if source.is_dir() else [source]
    found: list[tuple[str, PolicyFile]] = []
    faults: list[tuple[str, Problem]] = []
    if not files:
        faults.append((source.name, Problem(1, 1, "", Reason("file.missing", {"name": source.name}))))
    for file in files:
        if source.is_dir() and ".cases." in file.name:
            continue
        text = policy_file.read(file)
        parsed = [text] if isinstance(text, Problem) else loader.parse(text)
        if isinstance(parsed, list):
            faults += [(file.name, fault) for fault in parsed]
        else:
            found.append((file.name, parsed))
    return found, faults


def _cases(source: Path) -> tuple[list[Case], Document | None, list[tuple[str, Problem]]]:
    """The cases with the document they stand in, or its faults."""
    text = policy_file.read(source)
    if isinstance(text, Problem):
        return [], None, [(source.name, text)]
    found: list[Case] = []
    faults: list[tuple[str, Problem]] = []
    for one in case_file.parse(text):
        if isinstance(one, Problem):
            faults.append((source.name, one))
        else:
            found.append(one)
    return found, None if faults else document.read(text), faults


def as_json(tried: Tried) -> dict[str, Any]:
    """One line of the list: credits as text with three places, reasons with their sentences."""
    outcome = tried.outcome
    return {
        "case": tried.case,
        "outcome": str(outcome.kind),
        "credits": f"{outcome.credits:.3f}",
        "released": f"{outcome.released:.3f}",
        "mark": outcome.mark,
        "course_code": outcome.course_code,
        "rule": outcome.rule_code,
        "requirement": outcome.requirement,
        "reasons": [_reason(reason) for reason in outcome.reasons],
        "missing": [_reason(reason) for reason in outcome.missing],
        "criteria": [{"code": one.code, "met": one.met, "reason": _reason(one.reason)} for one in outcome.criteria],
        "notes": [_reason(reason) for reason in outcome.notes],
        "effective_on": outcome.effective_on.isoformat() if outcome.effective_on else None,
        "expected": _expected(tried.expected),
        "match": tried.matches,
    }


def _expected(expected: dict[str, Any] | None) -> dict[str, Any] | None:
    """As it was written, with credits as the outcome has them."""
    if expected is None:
        return None
    amounts = {key: f"{expected[key]:.3f}" for key in ("credits", "released") if key in expected}
    return dict(plain(expected)) | amounts


def _reason(reason: Reason) -> dict[str, str]:
    return {"code": reason.code, "text": sentence(reason), "rule": reason.rule_id, "citation": reason.citation}


def in_all(tried: Sequence[Tried]) -> str:
    """The last line: how many came out as expected."""
    expected = [one.matches for one in tried if one.matches is not None]
    text = f"{len(tried)} tried: {expected.count(True)} as expected, {expected.count(False)} not as expected"
    return f"{text}, {len(tried) - len(expected)} with nothing expected"


def as_text(tried: Tried, *, in_full: bool = True) -> str:
    """A case as a person reads it: what came out, whether it was expected, and ``in_full`` every criterion."""
    outcome = tried.outcome
    verdict = {True: "as expected", False: "NOT AS EXPECTED", None: "nothing expected"}[tried.matches]
    lines = [f"{tried.case}: {_summary(outcome)} – {verdict}"]
    if tried.matches is False:
        expected = ", ".join(f"{name} {value}" for name, value in (tried.expected or {}).items())
        lines.append(f"    expected: {expected}")
    lines += [f"    because: {sentence(reason)} [{reason.code}]" for reason in outcome.reasons]
    if in_full:
        lines += [
            f"    {'met' if one.met else 'NOT MET'}: {sentence(one.reason)} [{one.reason.code}]"
            for one in outcome.criteria
        ]
    lines += [f"    note: {sentence(reason)} [{reason.code}]" for reason in outcome.notes]
    return "\n".join(lines)


def _summary(outcome: Outcome) -> str:
    if outcome.is_award:
        return f"{outcome.kind}, {outcome.credits:.3f} credits, mark {outcome.mark}, course {outcome.course_code}"
    if outcome.released:
        return f"{outcome.kind}, {outcome.requirement}, {outcome.released:.3f} credits of it"
    return f"{outcome.kind}, {outcome.requirement}" if outcome.requirement else str(outcome.kind)
