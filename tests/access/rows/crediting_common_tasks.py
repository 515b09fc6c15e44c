"""Common tasks. The draft is the administrator's; what is published is for the one school of the personas."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.access.matrix import Row
from tests.factories.classes import make_class
from tests.factories.common_tasks import make_common
from tests.personas import Personas


def scales(personas: Personas) -> Mapping[str, Any]:
    """Both districts have their levels."""
    make_class(personas)
    return {}


def published(personas: Personas) -> Mapping[str, Any]:
    return {"public_id": make_common(personas, make_class(personas), schools=[personas.school]).public_id}


def draft(personas: Personas) -> Mapping[str, Any]:
    return {"public_id": make_common(personas, make_class(personas), published=False).public_id}


def for_a_class(personas: Personas) -> Mapping[str, Any]:
    geometry = make_class(personas)
    task = make_common(personas, geometry, schools=[personas.school])
    return {"public_id": task.public_id, "section": geometry.section.public_id}


WRITERS: dict[str, int] = dict.fromkeys(("administrator", "credit_manager", "principal"), 200)
MOVED = dict.fromkeys(WRITERS, 302)

ROWS = [
    Row("crediting:common-tasks", others=403, teacher=200, other_district_administrator=200, also=WRITERS),
    Row("crediting:common-task-new", scales, others=403, other_district_administrator=200, also=WRITERS),
    Row("crediting:common-task", published, others=404, teacher=200, also=WRITERS),
    # Teachers do not know of a draft.
    Row("crediting:common-task", draft, others=404, also=WRITERS),
    Row("crediting:common-task-edit", draft, others=404, also=WRITERS),
    Row("crediting:common-task-publish", draft, method="POST", others=404, also=MOVED),
    Row("crediting:common-task-discard", draft, method="POST", others=404, also=MOVED),
    Row("crediting:common-task-withdraw", published, others=404, teacher=403, also=WRITERS),
    Row("crediting:common-task-close", published, method="POST", others=404, teacher=403, also=MOVED),
    Row("crediting:common-task-next", published, method="POST", others=404, teacher=403, also=MOVED),
    # Whoever oversees the class may know of both and teaches it not.
    Row(
        "crediting:common-task-give",
        for_a_class,
        method="POST",
        others=404,
        teacher=302,
        also=dict.fromkeys(WRITERS, 403),
    ),
    Row("crediting:common-task-results", published, others=404, teacher=403, also=WRITERS),
    Row("crediting:common-task-file", published, others=404, teacher=403, also=WRITERS),
]
