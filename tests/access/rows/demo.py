"""Signing in as somebody of the demonstration: tests run in demo mode, and ask on a host that is not this machine."""

from tests.access.matrix import Row

ROWS = [
    Row("demo:people", others=404, anonymous=404),
    Row("demo:sign-in", method="POST", others=404, anonymous=404),
]
