"""Audit verbs of crediting: one for each thing a person does, with a sentence a family can read."""

from crediting.verbs import catalog, classes, decisions, grades, policies, procedures, requests

__all__ = ["catalog", "classes", "decisions", "grades", "policies", "procedures", "requests"]
