"""The parts of a report, each a question answered: a notebook calls them in the order of its page.

``from acmlib import show``, then ``show.trends(report)``.
"""

from acmlib.display.own import figure, table, text, theme
from acmlib.display.preview import preview
from acmlib.display.sections.agenda import agenda
from acmlib.display.sections.all_comparisons import all_comparisons
from acmlib.display.sections.asked import discussion
from acmlib.display.sections.closing import data_quality, how_to_read, provenance
from acmlib.display.sections.contents import folded, together
from acmlib.display.sections.depth import comparisons, places
from acmlib.display.sections.equity import benchmarks, compared, outcomes
from acmlib.display.sections.evidence import evidence_sheet
from acmlib.display.sections.first import first_screen, title
from acmlib.display.sections.left_out import left_out
from acmlib.display.sections.look_back import exit_interview, extract, lessons, reflections
from acmlib.display.sections.meeting import calendar, minutes
from acmlib.display.sections.pathway import gap_opens, pathway
from acmlib.display.sections.peers import peers
from acmlib.display.sections.pre_read import numbered_figures
from acmlib.display.sections.provider_side import burden_meter, checked, obligations, replies, two_sides
from acmlib.display.sections.rating import ratings
from acmlib.display.sections.reading import how_to_read_evidence, how_to_read_minutes, how_to_read_plan, how_to_read_worksheet
from acmlib.display.sections.records import action_plan, notes, plan, planning, roadmap
from acmlib.display.sections.results import results
from acmlib.display.sections.retention import reasons_to_leave, retention
from acmlib.display.sections.review import stories, term_equity, what_followed
from acmlib.display.sections.served import served
from acmlib.display.sections.since import since_last_time
from acmlib.display.sections.story import story
from acmlib.display.sections.surveys import surveys
from acmlib.display.sections.time import groups_over_time, trend, trends
from acmlib.display.sections.topic import (
    beside,
    decisions,
    findings,
    parts,
    subject,
    topic_actions,
    topic_questions,
    unknowns,
    what_was_asked,
)
from acmlib.display.sections.voice_of_clients import heard, listened
from acmlib.display.sections.waits import waits, waits_by_group
from acmlib.display.sections.worksheet import likely_service, starter_worksheet

__all__ = [
    "action_plan", "agenda", "all_comparisons", "benchmarks", "beside", "burden_meter", "calendar", "checked", "compared",
    "comparisons", "data_quality", "decisions", "discussion", "evidence_sheet", "exit_interview", "extract", "figure", "findings",
    "first_screen", "folded", "gap_opens", "groups_over_time", "heard", "how_to_read", "how_to_read_evidence", "how_to_read_minutes",
    "how_to_read_plan", "how_to_read_worksheet", "left_out", "lessons", "likely_service", "listened", "minutes", "notes",
    "numbered_figures", "obligations", "outcomes", "parts", "pathway", "peers", "places", "plan", "planning", "preview", "provenance",
    "ratings", "reasons_to_leave", "reflections", "replies", "results", "retention", "roadmap", "served", "since_last_time",
    "starter_worksheet", "stories", "story", "subject", "surveys", "table", "term_equity", "text", "theme", "title", "together",
    "topic_actions", "topic_questions", "trend", "trends", "two_sides", "unknowns", "waits", "waits_by_group", "what_followed",
    "what_was_asked",
]  # fmt: skip
