"""The API for programs: ``/api/v1/``, to read. It decides nothing itself; the gates and queries of the apps do."""
