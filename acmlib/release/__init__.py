"""What may be shown: one suppression for all reports of an edition, audited."""

from acmlib.release.editions import Release, make_release

__all__ = ["Release", "make_release"]
