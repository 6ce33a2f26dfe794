"""What a notebook shows: ``from acmlib import display as show``, then ``show.outcomes_by_group(gaps, voice=voice)``."""

from acmlib.display import page, plain  # noqa: F401 -- they draw the objects
from acmlib.display.catalogues import WordsError, languages
from acmlib.display.charts.beside import beside_others
from acmlib.display.charts.change import pathway
from acmlib.display.charts.control_chart import control_chart
from acmlib.display.charts.decomposition import decomposition
from acmlib.display.charts.funnel import funnel
from acmlib.display.charts.group_over_time import group_over_time
from acmlib.display.charts.matrix import comparison_matrix
from acmlib.display.charts.outcomes import gap_table, outcomes_by_group
from acmlib.display.charts.place_map import GeometryError, place_map
from acmlib.display.charts.representation import representation, representation_table
from acmlib.display.charts.retention import retention_curves
from acmlib.display.charts.small import small_multiples, sparkline
from acmlib.display.charts.tiles import tile, tiles
from acmlib.display.charts.waits import waits_over_time
from acmlib.display.judgements import (
    flip_sentence,
    gap_heading,
    gap_sentence,
    not_legal,
    representation_heading,
    representation_sentence,
    unknown_bounds_sentence,
    variation_sentence,
)
from acmlib.display.objects import (
    Beside,
    Bullets,
    Cell,
    Chart,
    Column,
    DataTable,
    Display,
    Fold,
    Heading,
    Notes,
    Picture,
    Prose,
    Questions,
    Section,
    Tile,
    Tiles,
    TitleBlock,
)
from acmlib.display.own import OwnPartError, figure, table, text, theme
from acmlib.display.preview import preview
from acmlib.display.tables import provenance, questions, title_block
from acmlib.display.voice import Voice
from acmlib.display.words import Words

__all__ = [
    "Beside",
    "Bullets",
    "Cell",
    "Chart",
    "Column",
    "DataTable",
    "Display",
    "Fold",
    "GeometryError",
    "Heading",
    "Notes",
    "OwnPartError",
    "Picture",
    "Prose",
    "Questions",
    "Section",
    "Tile",
    "Tiles",
    "TitleBlock",
    "Voice",
    "Words",
    "WordsError",
    "beside_others",
    "comparison_matrix",
    "control_chart",
    "decomposition",
    "figure",
    "flip_sentence",
    "funnel",
    "gap_heading",
    "gap_sentence",
    "gap_table",
    "group_over_time",
    "languages",
    "not_legal",
    "outcomes_by_group",
    "pathway",
    "place_map",
    "preview",
    "provenance",
    "questions",
    "representation",
    "representation_heading",
    "representation_sentence",
    "representation_table",
    "retention_curves",
    "small_multiples",
    "sparkline",
    "table",
    "text",
    "theme",
    "tile",
    "tiles",
    "title_block",
    "unknown_bounds_sentence",
    "variation_sentence",
    "waits_over_time",
]
