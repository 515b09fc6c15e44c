"""Load a policy file into a district: a draft, or with --publish a version in force on its dates."""

import hashlib
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.db import transaction

from crediting.actions.policy import FileProblems, NotReady, load_policy, publish_policy
from crediting.interchange import policy_file
from crediting.rules.policy.document import Problem
from crediting.rules.policy.loader import PolicyFile, parse
from crediting.states import PolicyState
from crediting.words import sentence
from mbl.core.errors import DomainError
from mbl.core.imports import ImportResult, Issues, runs
from mbl.core.imports.console import ImportCommand
from mbl.core.models import District

KIND = "policy"


class Command(ImportCommand):
    help = "Load a policy file (docs/policy-file.md) into a district. A draft, unless --publish."
    source_help = "the policy file (.yaml or .json)"

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--publish", action="store_true", help="publish it: from then on the version is frozen")

    def run_import(self, source: Path, *, district: District, options: dict[str, Any]) -> ImportResult:
        text = policy_file.read(source)
        sha256 = "" if isinstance(text, Problem) else hashlib.sha256(text.encode()).hexdigest()
        result = self._load(source, text, district, publish=options["publish"], dry_run=options["dry_run"])
        return runs.record(result, kind=KIND, file_name=source.name, sha256=sha256, district=district, actor=None)

    def _load(
        self, source: Path, text: str | Problem, district: District, *, publish: bool, dry_run: bool
    ) -> ImportResult:
        if isinstance(text, Problem):
            return runs.refusal(policy_file.as_issues([text], source.name))
        issues = Issues()
        try:
            with transaction.atomic():
                result = self._apply(text, district, publish=publish)
                if dry_run:
                    transaction.set_rollback(True)
                    result.applied = False
                return result
        except FileProblems as error:
            return runs.refusal(policy_file.as_issues(error.problems, source.name))
        except NotReady as error:
            lines = _lines(text)
            for reason in error.reasons:
                code = "POLICY_" + reason.code.removesuffix(".missing").replace(".", "_").upper()
                line = lines.get((reason.code, str(reason.params.get("rule"))))
                issues.error(code, sentence(reason), file=source.name, line=line)
        except DomainError as error:
            issues.error("POLICY_REFUSED", str(error), file=source.name)
        return runs.refusal(issues)

    def _apply(self, text: str, district: District, *, publish: bool) -> ImportResult:
        loaded = load_policy(district, text=text, actor=None)
        was_draft = loaded.version.state == PolicyState.DRAFT
        if publish:
            publish_policy(loaded.version, actor=None)
        published = publish and was_draft
        changed = loaded.created or loaded.updated
        return ImportResult(
            applied=True,
            created={"versions": int(loaded.created)},
            updated={"versions": int(loaded.updated or (published and not changed))},
            unchanged={"versions": int(not changed and not published)},
            withdrawn={},
            rejected={},
        )


def _lines(text: str) -> dict[tuple[str, str], int]:
    """Where the file says what keeps it from being published, by code and rule, as far as reading it finds it."""
    read = parse(text)
    doubts = read.warnings if isinstance(read, PolicyFile) else ()
    return {(one.reason.code, str(one.reason.params.get("rule"))): one.line for one in doubts}
