"""A large district out of nothing, for measuring: set-based, the same for the same seed.

Facts come from arithmetic on a row's number and from a keyed hash (``bulk``), so one seed gives one district however
the database plans its work. It writes tables directly and tells nobody: no audit events, no notices, no mail. The
demonstration district (``mbl.demo.story``) is the one that is told through actions.
"""

from mbl.demo.generator.district import generate

__all__ = ["generate"]
