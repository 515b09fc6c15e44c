"""Keep anchor samples: copies without names, with an agreed level. They are versioned and retired, never deleted."""

from __future__ import annotations

import re
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from crediting import access
from crediting.models import Anchor, Evidence, ScaleLevel, Standard
from crediting.verbs.classes import AnchorMade, AnchorRetired
from mbl.core import audit, clock, files
from mbl.core.decisions import Denied
from mbl.core.errors import DomainError, NotAllowed
from mbl.core.files import CheckedFile
from mbl.core.models import District, User
from mbl.core.words import says_something
from profiles.models import Student


@transaction.atomic
def make_anchor(
    district: District,
    *,
    standard: Standard,
    level: ScaleLevel,
    title: str,
    reason: str,
    names_removed: bool,
    actor: User,
    body: str = "",
    file: CheckedFile | None = None,
    alt_text: str = "",
    source: Evidence | None = None,
    consent: str = "",
    replaces: Anchor | None = None,
    key: UUID | None = None,
) -> Anchor:
    """Keep a sample. Whoever makes it has taken the names out and says so; a student's work needs a consent.

    ``replaces`` is retired with it. ``key`` is made with the form: sending the same form twice finds the first one.
    """
    _refuse(actor, district)
    District.objects.select_for_update(no_key=True).get(pk=district.pk)
    if key is not None and (found := Anchor.objects.filter(district=district, public_id=key).first()):
        return found
    if not says_something(title):
        raise DomainError(_("Give it a title that tells no name."), field="title")
    if not says_something(reason):
        raise DomainError(_("Say why it is at this level. Teachers judge by that."), field="reason")
    if not says_something(body) and file is None and not (replaces and replaces.stored_name):
        raise DomainError(_("Write the text of the work, or choose its file."), field="body")
    if not names_removed:
        raise DomainError(_("Take every name out first, and say that you did."), field="names_removed")
    if source is not None:
        _refuse_names(source.student, title, body, reason)
        if not says_something(consent):
            raise DomainError(_("Say who agreed that a copy may be shown to teachers, and when."), field="consent")
    anchor = Anchor(
        public_id=key or uuid4(),
        district=district,
        standard=standard,
        level=level,
        title=title.strip(),
        body=body.strip(),
        reason=reason.strip(),
        source=source,
        consent=consent.strip(),
        alt_text=alt_text.strip(),
        version=replaces.version + 1 if replaces else 1,
        replaces=replaces,
        made_by=actor,
        made_by_label=str(actor),
        made_at=clock.now(),
    )
    if replaces is not None:
        _copy_file(replaces, anchor)
        retire_anchor(replaces, reason=_("A new version took its place."), actor=actor)
    if file is not None:
        stored = files.store(file)
        anchor.stored_name, anchor.file_name = stored.key, stored.name
        anchor.content_type, anchor.size, anchor.sha256 = stored.content_type, stored.size, stored.sha256
    try:
        anchor.save(force_insert=True)
    except BaseException:
        if file is not None:
            files.remove(anchor.stored_name)
        raise
    audit.record(
        AnchorMade(standard=standard.code or standard.statement[:80], level=level.word, version=anchor.version),
        actor=actor,
        district=district,
        target=anchor,
    )
    return anchor


@transaction.atomic
def retire_anchor(anchor: Anchor, *, reason: str, actor: User) -> Anchor:
    """From now on it is shown beside no rubric. A second call finds it retired."""
    anchor = Anchor.objects.select_for_update(of=["self"]).select_related("district").get(pk=anchor.pk)
    _refuse(actor, anchor.district)
    if anchor.retired_at is not None:
        return anchor
    if not says_something(reason):
        raise DomainError(_("Say why it is not used any more."), field="reason")
    anchor.retired_at, anchor.retired_by, anchor.retired_reason = clock.now(), actor, reason.strip()
    anchor.save(update_fields=["retired_at", "retired_by", "retired_reason"])
    audit.record(AnchorRetired(reason=reason.strip()), actor=actor, district=anchor.district, target=anchor)
    return anchor


def _refuse(actor: User, district: District) -> None:
    verdict = access.keeps_anchors(actor, district)
    if isinstance(verdict, Denied):
        raise NotAllowed(verdict.reason)


def _refuse_names(student: Student, *texts: str) -> None:
    """The names of the student whose work it was may not stand in the copy; people look for the others."""
    names = {name for name in re.findall(r"\w+", student.person.display_name.casefold()) if len(name) > 2}
    words = set(re.findall(r"\w+", " ".join(texts).casefold()))
    if found := sorted(names & words):
        raise DomainError(
            _("The copy still has a name of the student: %(names)s. Take it out.") % {"names": ", ".join(found)},
            field="body",
        )


def _copy_file(old: Anchor, new: Anchor) -> None:
    """The next version keeps the file unless another one is chosen."""
    new.stored_name, new.file_name, new.content_type = old.stored_name, old.file_name, old.content_type
    new.size, new.sha256 = old.size, old.sha256
