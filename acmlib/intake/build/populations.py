"""Named bases to compare those served with: residents, eligible people, by group."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from acmlib.contract.errors import ContractError
from acmlib.contract.model import Contract, Dimension
from acmlib.intake.build.categories import group_order, grouped
from acmlib.intake.read.delimited import CsvForm, csv_form, opened
from acmlib.intake.read.files import SourceError, SourceFile, find_files

COLUMNS = ("group", "people", "margin_of_error")


def read_population(contract: Contract, dimension: str, root: Path = Path()) -> pd.DataFrame:
    """Return the population that a dimension is compared with.

    Parameters
    ----------
    contract
        The contract.
    dimension
        Name of one of its dimensions that has a population.
    root
        The workspace.

    Returns
    -------
    DataFrame
        Columns group (text), people (float), margin_of_error (float, in people; NaN if the source gives none); one row per group, in
        the order of pages. Groups have the names that participants' groups have.

    Raises
    ------
    ContractError
        If the file is missing or has no such columns, or a number is none.
    KeyError
        If the dimension has no population.
    """
    settings = contract.dimensions[dimension]
    population = settings.population
    if population is None:
        raise KeyError(f"dimensions.{dimension} has no population")
    key = f"dimensions.{dimension}.population"
    if population.file is None:
        rows = [(group, people, float("nan")) for group, people in population.groups.items()]
    else:
        try:
            rows = _file_rows(population.file, dimension, root)
        except SourceError as error:
            raise ContractError([contract.located(f"{key}.file", f"is '{population.file}'; {error}")]) from None
    frame = pd.DataFrame([(_group(group, settings), people, margin) for group, people, margin in rows], columns=list(COLUMNS))
    # Margins of groups that are put together add up as squares (Census Bureau, ACS handbook: derived estimates).
    squares = frame.assign(margin_of_error=frame["margin_of_error"] ** 2).groupby("group", sort=False)
    summed = squares[["people", "margin_of_error"]].sum(min_count=1)
    summed["margin_of_error"] = summed["margin_of_error"] ** 0.5
    return (
        summed.loc[list(group_order(settings, summed.index))]
        .reset_index()
        .astype({"group": "str", "people": float, "margin_of_error": float})
    )


def _group(given: str, dimension: Dimension) -> str:
    return given if dimension.bands else grouped(given, dimension).group


def _file_rows(name: str, dimension: str, root: Path) -> list[tuple[str, float, float]]:
    file = find_files(name, root=root)[0]
    if file.kind != "csv":
        raise SourceError("is no CSV file; use a CSV with the columns group, people and optionally margin_of_error")
    form = csv_form(file)
    missing = [column for column in COLUMNS[:2] if column not in form.columns]
    if missing:
        raise SourceError(f"has no column {missing[0]}; its columns are {', '.join(form.columns)}; use group, people, margin_of_error")
    found = []
    for number, row in _rows(file, form):
        if "dimension" in row and row["dimension"] not in ("", dimension):
            continue
        people, margin = _number(row.get("people", "")), _number(row.get("margin_of_error", ""))
        if people is None or people != people or people < 0 or margin is None:
            raise SourceError(f"has no number of people in row {number}; write whole numbers without thousands separators")
        found.append((row["group"], people, margin))
    if not found:
        raise SourceError(f"has no row for {dimension}")
    return found


def _rows(file: SourceFile, form: CsvForm) -> list[tuple[int, Mapping[str, str]]]:
    with opened(file.path, compressed=form.compressed) as raw:
        text = io.TextIOWrapper(raw, encoding="utf-8-sig" if form.encoding == "utf-8" else form.encoding, newline="")
        rows = list(csv.reader(text, delimiter=form.delimiter))[1:]
    named = [dict(zip(form.columns, (cell.strip() for cell in row), strict=False)) for row in rows]
    return [(number, row) for number, row in enumerate(named, start=2) if any(row.values())]


def _number(text: str) -> float | None:
    """Return a number, NaN for a blank, None for what is no number."""
    try:
        return float(text) if text else float("nan")
    except ValueError:
        return None
