"""Forms save themselves here while somebody types."""

import json

from django.http import HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from mbl.core import drafts
from mbl.core.errors import DomainError
from mbl.core.http import AuthenticatedRequest


@require_POST
def save(request: AuthenticatedRequest, key: str) -> HttpResponse:
    """Keep the posted fields (a form, or a JSON object) for this person; 204 with ``X-Saved-At`` (ISO, UTC)."""
    try:
        fields = _json_fields(request) if request.content_type == "application/json" else drafts.fields_of(request.POST)
        drafts.keep(request.user, key, fields)
    except DomainError as error:
        return JsonResponse({"message": str(error)}, status=error.status)
    return HttpResponse(status=204, headers={"X-Saved-At": timezone.now().isoformat(timespec="seconds")})


def _json_fields(request: AuthenticatedRequest) -> drafts.Fields:
    try:
        data = json.loads(request.body)
    except ValueError:
        raise DomainError("This is not JSON.") from None
    if not isinstance(data, dict):
        raise DomainError("Send one JSON object: the form's fields.")
    return drafts.clean(
        (str(name), [str(one) for one in value] if isinstance(value, list) else [str(value)])
        for name, value in data.items()
        if value is not None
    )
