"""What would another policy have said about last year's requests?"""

import datetime as dt
import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from crediting.interchange import policy_file
from crediting.queries.procedures import days_off
from crediting.queries.replay import UNCHANGED, Tally, as_json, past_decisions, replay
from crediting.rules.policy import loader
from crediting.rules.policy.document import Problem
from crediting.rules.replay import Difference
from crediting.words import sentence
from mbl.core import clock
from mbl.core.decisions import Reason
from mbl.core.models import District
from mbl.core.words import state_word


class Command(BaseCommand):
    help = (
        "Replay past decisions under a policy file (docs/policy-file.md); nothing is changed. Exit 0: every one comes "
        "out as it was decided; 1: some would not."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("policy", type=Path, help="a policy file (docs/policy-file.md)")
        parser.add_argument("--district", required=True, help="the district's code")
        parser.add_argument("--since", type=dt.date.fromisoformat, help="first day; otherwise one year back")
        parser.add_argument("--json", action="store_true", help="print the changed decisions as a JSON list")

    def handle(self, *args: Any, **options: Any) -> None:
        district = District.objects.filter(code=options["district"]).first()
        if district is None:
            raise CommandError(f"There is no district {options['district']}.")
        text = policy_file.read(options["policy"])
        read = [text] if isinstance(text, Problem) else loader.parse(text)
        if isinstance(read, list):
            raise CommandError("\n".join(f"Line {fault.line}: {sentence(fault.reason)}" for fault in read))
        since = options["since"] or clock.today(district) - dt.timedelta(days=365)
        tally, changed = Tally(), []
        decisions = past_decisions(district, read.terms, since=since)
        for one in replay(read.terms, decisions, closed=days_off(district)):
            tally.add(one)
            if one.change not in UNCHANGED:
                changed.append(as_json(one))
        if options["json"]:
            self.stdout.write(json.dumps(changed, indent=2, ensure_ascii=False))
        else:
            for change, count in sorted(tally.changes.items()):
                self.stdout.write(f"{state_word(change)}: {count}")
            for row in changed:
                why = " ".join(sentence(Reason.from_json(reason)) for reason in row["reasons"])
                self.stdout.write(f"{row['request']} {row['course']}: {state_word(Difference(row['change']))}. {why}")
        sys.exit(1 if changed else 0)
