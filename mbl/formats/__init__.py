"""How dates and numbers are printed, by language (``settings.FORMAT_MODULE_PATH``)."""
