"""The first sentences of a page, set apart from everything after them."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from acmlib.display.objects import Display

if TYPE_CHECKING:
    from acmlib.display.page import Layout


@dataclass(frozen=True)
class Lead(Display):
    """The first sentences of a page: what matters most, large, and what else is to be known, below it."""

    sentences: tuple[str, ...]
    more: tuple[str, ...] = ()

    def html(self, layout: Layout) -> str:
        """Return it as HTML."""
        del layout
        more = f'<p class="more">{escape(" ".join(self.more))}</p>' if self.more else ""
        return f'<div class="lead"><p class="said">{escape(" ".join(self.sentences))}</p>{more}</div>'

    def plain(self) -> str:
        """Return it as plain text."""
        return "\n".join(part for part in (" ".join(self.sentences), " ".join(self.more)) if part)
