"""Add a course to a district's catalog, or say what a roster's course gives."""

from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from crediting.actions.catalog import add_course, set_course_standards
from crediting.models import Standard
from crediting.rules.catalog import CourseDetails
from crediting.rules.standards import code_key
from crediting.states import StandardStatus, SubjectArea
from mbl.core.errors import DomainError
from mbl.core.imports.console import district_of
from mbl.core.models import District


class Command(BaseCommand):
    help = "Add a course to a district's catalog: code, title, credits, subject area."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("code", help="the district's own course code")
        parser.add_argument("title")
        parser.add_argument("--district", required=True, metavar="CODE", help="the code of the district")
        parser.add_argument("--credits", required=True, help="such as 1.0 or 0.5")
        parser.add_argument("--subject", required=True, choices=[str(area) for area in SubjectArea])
        parser.add_argument("--state-code", default="", help="the state course code")
        parser.add_argument("--cadr", action="store_true", help="counts for college entrance (CADR)")
        parser.add_argument("--lab", action="store_true", help="a laboratory science course")
        parser.add_argument("--standard", action="append", default=[], metavar="CODE", help="a standard it teaches")

    def handle(self, *args: Any, **options: Any) -> None:
        district = district_of(options["district"])
        try:
            credits = Decimal(options["credits"])
        except InvalidOperation:
            raise CommandError("--credits is a number such as 1.0 or 0.5.", returncode=2) from None
        details = CourseDetails(
            title=options["title"],
            credits=credits,
            subject=SubjectArea(options["subject"]),
            state_course_code=options["state_code"],
            is_cadr=options["cadr"],
            is_lab=options["lab"],
        )
        try:
            with transaction.atomic():
                course = add_course(district, code=options["code"], details=details, actor=None)
                if options["standard"]:
                    standards = [_standard(district, code) for code in options["standard"]]
                    set_course_standards(course, standards=standards, actor=None)
        except DomainError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{course.code} {course.title}")


def _standard(district: District, code: str) -> Standard:
    found = list(
        Standard.objects.filter(
            framework__district=district, code_key=code_key(code), status=StandardStatus.ACTIVE
        ).exclude(code="")[:2]
    )
    if len(found) != 1:
        problem = "is not there" if not found else "stands for several standards"
        raise CommandError(f"The standard {code} {problem} in the frameworks of {district}.")
    return found[0]
