"""The access matrix, one module an app; see ``tests/access/matrix.py``."""
