"""The servers that a bare machine lacks, and the supervisor behind ``make run``.

PostgreSQL and Valkey come from wheels and run as children of whoever needs them: the supervisor, one ``manage.py``
command, or one pytest run. Standard library only; nothing in the product imports this package.
"""
