"""Standards, courses, policies and their replays."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404

from crediting.access.roles import Anybody
from crediting.models import (
    AggregationRule,
    CourseSequence,
    Framework,
    FrameworkSource,
    GradeConversion,
    GradeWindow,
    PolicyReplay,
    PolicyVersion,
    ReplayedRequest,
    Standard,
)
from mbl.core.decisions import Denied
from mbl.core.errors import NotAllowed
from mbl.core.models import District
from profiles.access import (
    Capability,
    districts_where,
    may_in_district,
    standing,
    students_with,
)
from profiles.models import Course


def districts_of(user: Anybody) -> QuerySet[District]:
    """The districts in which ``user`` is somebody: whose standards and courses they may read."""
    return District.objects.filter(pk__in=set(standing(user).people.values())).order_by("name", "pk")


def get_district(user: Anybody, code: str, capability: Capability | None = None) -> District:
    """The district of a page: the one named ``code``, or the only or first one. 404 where ``user`` is nobody.

    With ``capability``: ``NotAllowed`` where ``user`` does not hold it in the whole district.
    """
    districts = districts_of(user)
    district = districts.filter(code=code).first() if code else districts.first()
    if district is None:
        raise Http404
    if capability is not None and isinstance(verdict := may_in_district(user, capability, district), Denied):
        raise NotAllowed(verdict.reason)
    return district


def frameworks_visible_to(user: Anybody) -> QuerySet[Framework]:
    return (
        Framework.objects.filter(district__in=districts_of(user).order_by()).select_related("district").defer("extra")
    )


def get_framework(user: Anybody, public_id: UUID, capability: Capability | None = None) -> Framework:
    framework = frameworks_visible_to(user).filter(public_id=public_id).first()
    if framework is None:
        raise Http404
    if capability is not None:
        get_district(user, framework.district.code, capability)
    return framework


def sources_of(district: District) -> QuerySet[FrameworkSource]:
    """The addresses from which the district has standards fetched."""
    return FrameworkSource.objects.filter(district=district, is_active=True)


def get_source(user: Anybody, public_id: UUID) -> FrameworkSource:
    """For whoever imports in its district."""
    sources = FrameworkSource.objects.filter(is_active=True, district__in=districts_of(user))
    source = sources.filter(public_id=public_id).select_related("district").first()
    if source is None:
        raise Http404
    get_district(user, source.district.code, Capability.IMPORT_DATA)
    return source


def get_standard(user: Anybody, public_id: UUID) -> Standard:
    standard = (
        Standard.objects.filter(framework__in=frameworks_visible_to(user).order_by(), public_id=public_id)
        .select_related("framework__district", "parent")
        .defer("search_text", "extra", "framework__extra", "parent__search_text", "parent__extra")
        .first()
    )
    if standard is None:
        raise Http404
    return standard


def courses_visible_to(user: Anybody) -> QuerySet[Course]:
    """Active courses; those out of use too where ``user`` manages the catalog."""
    managed = districts_where(user, Capability.MANAGE_CATALOG)
    return Course.objects.filter(
        Q(district__in=districts_of(user).order_by(), is_active=True) | Q(district__in=managed)
    ).select_related("district", "terms")


def get_course(user: Anybody, public_id: UUID, capability: Capability | None = None) -> Course:
    course = courses_visible_to(user).filter(public_id=public_id).first()
    if course is None:
        raise Http404
    if capability is not None:
        get_district(user, course.district.code, capability)
    return course


def get_sequence(user: Anybody, public_id: UUID, capability: Capability) -> CourseSequence:
    """404 outside the districts of ``user``; ``NotAllowed`` without the capability."""
    sequence = CourseSequence.objects.filter(district__in=districts_of(user).order_by(), public_id=public_id).first()
    if sequence is None:
        raise Http404
    get_district(user, sequence.district.code, capability)
    return sequence


def get_aggregation_rule(user: Anybody, public_id: UUID, capability: Capability) -> AggregationRule:
    """404 outside the districts of ``user``; ``NotAllowed`` without the capability."""
    rules = AggregationRule.objects.filter(district__in=districts_of(user).order_by()).select_related("district")
    rule = rules.filter(public_id=public_id).first()
    if rule is None:
        raise Http404
    get_district(user, rule.district.code, capability)
    return rule


def get_conversion(user: Anybody, public_id: UUID, capability: Capability) -> GradeConversion:
    """404 outside the districts of ``user``; ``NotAllowed`` without the capability."""
    rows = GradeConversion.objects.filter(district__in=districts_of(user).order_by()).select_related("district")
    row = rows.filter(public_id=public_id).first()
    if row is None:
        raise Http404
    get_district(user, row.district.code, capability)
    return row


def get_grade_window(user: Anybody, public_id: UUID, capability: Capability) -> GradeWindow:
    """404 outside the districts of ``user``; ``NotAllowed`` without the capability."""
    rows = GradeWindow.objects.filter(district__in=districts_of(user).order_by()).select_related("district", "school")
    row = rows.filter(public_id=public_id).first()
    if row is None:
        raise Http404
    get_district(user, row.district.code, capability)
    return row


def policy_versions_visible_to(user: Anybody) -> QuerySet[PolicyVersion]:
    """Every version, drafts included, where ``user`` manages policy; everybody else reads the public page (R8)."""
    return PolicyVersion.objects.filter(
        series__district__in=districts_where(user, Capability.MANAGE_POLICY)
    ).select_related("series__district", "published_by")


def get_policy_version(user: Anybody, public_id: UUID) -> PolicyVersion:
    version = policy_versions_visible_to(user).filter(public_id=public_id).first()
    if version is None:
        raise Http404
    return version


def replays_visible_to(user: Anybody) -> QuerySet[PolicyReplay]:
    """Replays of the versions that ``user`` may write."""
    return (
        PolicyReplay.objects.filter(district__in=districts_where(user, Capability.MANAGE_POLICY))
        .select_related("district", "version__series__district", "job", "asked_by")
        .defer("document", "students")
    )


def get_replay(user: Anybody, public_id: UUID) -> PolicyReplay:
    replay = replays_visible_to(user).filter(public_id=public_id).first()
    if replay is None:
        raise Http404
    return replay


def changed_visible_to(user: Anybody, replay: PolicyReplay) -> QuerySet[ReplayedRequest]:
    """The changed requests of a replay whose students' records ``user`` sees."""
    seen = students_with(user, Capability.SEE_RECORD).order_by()
    return replay.rows.filter(decision__student__in=seen.values("pk"))
