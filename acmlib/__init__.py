"""Workbooks for equity-focused Active Contract Management: from what was agreed and what was sent to a page that people are handed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from acmlib.display.choices import report_choices, what_is_due
    from acmlib.display.pilots import open_register
    from acmlib.display.report import Report, open_report
    from acmlib.publish.peers import open_peers
    from acmlib.publish.programs import open_program

__all__ = ["Report", "open_peers", "open_program", "open_register", "open_report", "report_choices", "what_is_due"]
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    """Load `open_report` when it is first asked for: a command that only lists contracts need not import the figures."""
    if name == "open_program":
        from acmlib.publish.programs import open_program

        return open_program
    if name == "open_peers":
        from acmlib.publish.peers import open_peers

        return open_peers
    if name in __all__:
        from acmlib.display import choices, pilots, report

        return getattr({"Report": report, "open_report": report, "open_register": pilots}.get(name, choices), name)
    raise AttributeError(f"module 'acmlib' has no attribute '{name}'")
