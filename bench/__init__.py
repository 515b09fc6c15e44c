"""Measures our work beside a plain reference for the same work; ``make bench`` or ``python -m bench``.

Each module with a ``NAME`` (or ``NAMES``) and a function ``measure()`` is one benchmark::

    NAME = "pdf.transcript"

    def measure() -> Measurement:
        ours, reference = interleaved(render_ours, render_plain, rounds=10)
        return Measurement(NAME, ours=ours, reference=reference, unit="ms", goal=1.5)

They run in a database of their own (``var/bench``) that holds a generated district; see ``bench.ground``.
"""
