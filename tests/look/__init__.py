"""Photographs of every screen, as each person of the demonstration: what `make look` writes and checks on the way."""
