"""Workbooks for equity-focused Active Contract Management: from what was agreed and what was sent to a page that people are handed."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from acmlib.display import sections as show
    from acmlib.display.choices import report_choices, what_is_due
    from acmlib.display.pilots import open_register
    from acmlib.display.report import Report, open_report
    from acmlib.publish.peers import open_peers
    from acmlib.publish.programs import open_program

__all__ = ["Report", "open_peers", "open_program", "open_register", "open_report", "report_choices", "show", "what_is_due"]
__version__ = "0.1.0"

#: Where each of these lives; only that module is imported.
_HOMES = {
    "Report": "display.report",
    "open_peers": "publish.peers",
    "open_program": "publish.programs",
    "open_register": "display.pilots",
    "open_report": "display.report",
    "report_choices": "display.choices",
    "show": "display.sections",
    "what_is_due": "display.choices",
}


def __getattr__(name: str) -> Any:
    """Load `open_report` when it is first asked for: a command that only lists contracts need not import the figures."""
    if name in _HOMES:
        module = importlib.import_module(f"acmlib.{_HOMES[name]}")
        return module if name == "show" else getattr(module, name)
    raise AttributeError(f"module 'acmlib' has no attribute '{name}'")
