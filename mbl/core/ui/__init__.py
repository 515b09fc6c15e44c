"""The typed view models of the UI kit: what a page hands to a component of ``mbl.core.templatetags.ui``."""
