"""Sign-in, one's own account and messages, jobs, and pages that anybody may open."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mbl.core.brand import stylesheet_url
from mbl.core.models import Job, Notification
from tests.access.matrix import Row
from tests.personas import Personas


def the_students_job(personas: Personas) -> Mapping[str, Any]:
    job = Job.objects.create(
        district=personas.district, owner=personas.student.user, kind="tests.nothing", label="Something long"
    )
    return {"public_id": job.public_id}


def the_students_notice(personas: Personas) -> Mapping[str, Any]:
    notice = Notification.objects.create(
        district=personas.district,
        user=personas.student.user,
        code="profiles.role_given",
        params={"role": "Teacher", "place": "Northfield"},
        text="You now have the role Teacher (Northfield).",
        language="en",
        url="/",
        dedupe_key="matrix",
    )
    return {"public_id": notice.public_id}


def a_brand(personas: Personas) -> Mapping[str, Any]:
    key, _slash, rest = stylesheet_url("#14594A").removeprefix("/brand/").partition("/")
    return {"key": key, "digest": rest.removesuffix(".css")}


ROWS = [
    # Signing in and passwords: whoever is signed in already is sent home.
    Row("account_login", others=302, anonymous=200),
    Row("account_logout", others=200),
    Row("account_signup", others=200, anonymous=200),
    Row("account_inactive", others=200, anonymous=200),
    # Nobody of the personas has a password to type again.
    Row("account_reauthenticate", others=403),
    Row("account_change_password", others=302),
    Row("account_set_password", others=200),
    Row("account_reset_password", others=200, anonymous=200),
    Row("account_reset_password_done", others=200, anonymous=200),
    Row("account_reset_password_from_key", lambda s: {"uidb36": "1", "key": "wrong-key"}, others=200, anonymous=200),
    Row("account_reset_password_from_key_done", others=200, anonymous=200),
    # One's own.
    Row("core:account", others=200),
    Row("core:keep-alive", method="POST", others=204),
    Row("core:draft-save", lambda s: {"key": "matrix"}, method="POST", others=204),
    Row("core:messages", others=200),
    Row("core:messages-read", method="POST", others=302),
    Row("core:notice-open", the_students_notice, others=404, student=302),
    Row("core:notice-read", the_students_notice, method="POST", others=404, student=302),
    Row("core:job", the_students_job, others=404, student=200),
    # Anybody.
    Row("core:health", others=503, anonymous=503),
    Row("core:set-language", method="POST", others=302, anonymous=302),
    Row("core:brand-stylesheet", a_brand, others=200, anonymous=200),
    Row("core:styleguide", others=200, anonymous=200),
    Row("core:styleguide-shell", lambda s: {"name": "staff"}, others=200, anonymous=200),
]
