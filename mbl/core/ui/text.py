"""The type of words on a page: a plain string or a translation that waits for the reader's language."""

from django.utils.functional import Promise

Text = str | Promise
