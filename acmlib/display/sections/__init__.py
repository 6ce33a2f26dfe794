"""The parts of a report, each a question answered: a notebook calls them in the order of its page.

``from acmlib.display import sections as show``, then ``show.trends(report)``.
"""

from acmlib.display.own import figure, table, text, theme
from acmlib.display.preview import preview
from acmlib.display.sections.agenda import agenda
from acmlib.display.sections.all_comparisons import all_comparisons
from acmlib.display.sections.asked import discussion
from acmlib.display.sections.closing import data_quality, how_to_read, provenance
from acmlib.display.sections.contents import folded, together
from acmlib.display.sections.depth import comparisons, places
from acmlib.display.sections.equity import benchmarks, compared, half_year, outcomes, subject, unequal
from acmlib.display.sections.first import first_screen, title
from acmlib.display.sections.left_out import left_out
from acmlib.display.sections.meeting import calendar, minutes
from acmlib.display.sections.opening import promises
from acmlib.display.sections.pathway import gap_opens, pathway, retention
from acmlib.display.sections.peers import peers
from acmlib.display.sections.provider_side import burden_meter, checked, obligations, replies
from acmlib.display.sections.reading import how_to_read_minutes, how_to_read_plan
from acmlib.display.sections.records import action_plan, notes, plan, planning, roadmap
from acmlib.display.sections.review import (
    equity_then_and_now,
    exit_interview,
    ratings,
    reflections,
    results,
    scorecard,
    spot_checks,
    what_followed,
)
from acmlib.display.sections.served import served
from acmlib.display.sections.since import since_last_time
from acmlib.display.sections.time import groups_over_time, trend, trends
from acmlib.display.sections.voice_of_clients import heard, listened, surveys
from acmlib.display.sections.waits import waits

__all__ = [
    "action_plan",
    "agenda",
    "all_comparisons",
    "benchmarks",
    "burden_meter",
    "calendar",
    "checked",
    "compared",
    "comparisons",
    "data_quality",
    "discussion",
    "equity_then_and_now",
    "exit_interview",
    "figure",
    "first_screen",
    "folded",
    "gap_opens",
    "groups_over_time",
    "half_year",
    "heard",
    "how_to_read",
    "how_to_read_minutes",
    "how_to_read_plan",
    "left_out",
    "listened",
    "minutes",
    "notes",
    "obligations",
    "outcomes",
    "pathway",
    "peers",
    "places",
    "plan",
    "planning",
    "preview",
    "promises",
    "provenance",
    "ratings",
    "reflections",
    "replies",
    "results",
    "retention",
    "roadmap",
    "scorecard",
    "served",
    "since_last_time",
    "spot_checks",
    "subject",
    "surveys",
    "table",
    "text",
    "theme",
    "title",
    "together",
    "trend",
    "trends",
    "unequal",
    "waits",
    "what_followed",
]
