"""Tags that are no look: ``{% load core %}{% form_owner %}`` beside every ``{% csrf_token %}``."""

from django import template
from django.template import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString

from mbl.core import drafts
from mbl.core.models import User

register = template.Library()


@register.simple_tag(takes_context=True)
def form_owner(context: Context) -> SafeString:
    """Hidden fields that let a form posted after the session's end come back to its author.

    Nothing for people who are not signed in.
    """
    request = context.get("request")
    user = getattr(request, "user", None)
    if request is None or user is None or not user.is_authenticated:
        return SafeString("")
    return _fields(user, request.GET.get("held", ""))


def _fields(user: User, token: str) -> SafeString:
    owner = format_html('<input type="hidden" name="form_owner" value="{}">', drafts.sign_owner(user))
    return owner + (format_html('<input type="hidden" name="held" value="{}">', token) if token else SafeString(""))
