"""Raised digits in cells of spreadsheets: the mark of a note is read as a digit of the number before it."""

from __future__ import annotations

import re
from typing import NamedTuple
from xml.etree import ElementTree as ET

from acmlib.intake.read.merged import column_number

_PLACE = re.compile(r"([A-Z]+)([0-9]+)")


class RaisedCell(NamedTuple):
    """A cell in which a digit is raised: row counted from 1, column from 0, and what it is read as."""

    column: int
    row: int
    place: str
    text: str


def raised_in_xlsx(sheet: bytes, strings: bytes) -> list[RaisedCell]:
    """Return the cells of a sheet of .xlsx that hold a raised digit, given the sheet and the texts that the workbook shares."""
    parts = (sheet, strings)
    if not any(b"superscript" in part for part in parts) or any(b"<!DOCTYPE" in part for part in parts):
        return []  # no program writes a document type: its entities are how XML attacks
    try:
        shared = ET.fromstring(strings).findall("{*}si") if strings else []  # noqa: S314
        cells = ET.fromstring(sheet).findall("{*}sheetData/{*}row/{*}c[@r]")  # noqa: S314
    except ET.ParseError:
        return []  # the reader says what is damaged
    marked = {str(number): _text(one) for number, one in enumerate(shared) if _is_raised(one)}
    found = list[RaisedCell]()
    for cell in cells:
        own = cell.find("{*}is")
        text = marked.get(cell.findtext("{*}v", "")) if cell.get("t") == "s" else None
        text = _text(own) if own is not None and _is_raised(own) else text
        if text and (place := _PLACE.fullmatch(cell.attrib["r"])):
            found.append(RaisedCell(column_number(place[1]) - 1, int(place[2]), place[0], text))
    return found


def _is_raised(text: ET.Element) -> bool:
    raised = (run for run in text.findall("{*}r") if run.find("{*}rPr/{*}vertAlign[@val='superscript']") is not None)
    return any(re.search(r"\d", run.findtext("{*}t", "")) for run in raised)


def _text(of: ET.Element) -> str:
    return "".join(run.findtext("{*}t", "") for run in of.findall("{*}r"))
