"""The first sentences of a page, set apart from everything after them."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from acmlib.display.objects import Display, Tiles

if TYPE_CHECKING:
    from acmlib.display.page import Layout


@dataclass(frozen=True)
class Lead(Display):
    """The first sentences of a page: the most important one in large type, further ones below it."""

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


@dataclass(frozen=True)
class FirstScreen(Display):
    """What is seen without scrolling: the first sentences, the figures at a glance, and the pictures that carry the sentences.

    Read aloud, and on a phone: sentences, first picture, what else is to be known, figures, further pictures. Where there is room the
    figures stand in a row above the pictures.
    """

    lead: Lead
    tiles: Tiles
    pictures: tuple[Display, ...] = ()

    def html(self, layout: Layout) -> str:
        """Return it as HTML."""
        said = Lead(self.lead.sentences).html(layout)
        more = f'<p class="more">{escape(" ".join(self.lead.more))}</p>' if self.lead.more else ""
        pictures = [f'<div class="picture">{layout.html(one)}</div>' for one in self.pictures]
        return f'<div class="first">{said}{"".join(pictures[:1])}{more}{layout.html(self.tiles)}{"".join(pictures[1:])}</div>'

    def plain(self) -> str:
        """Return it as plain text."""
        return "\n\n".join(str(one) for one in (self.lead, self.tiles, *self.pictures))
