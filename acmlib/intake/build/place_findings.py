"""What is said about codes of places in a column: which were written otherwise than the Census Bureau does, and what is none."""

from __future__ import annotations

from collections.abc import Mapping

from acmlib.contract.model import Dimension
from acmlib.intake.build.categories import CategoryGroup
from acmlib.intake.findings import Finding, listed


def place_findings(
    dimension: Dimension,
    table: str,
    column: str,
    values: Mapping[tuple[str | None, str | None], int],
    groups: Mapping[tuple[str | None, str | None], CategoryGroup],
) -> list[Finding]:
    """Return what was noticed about codes of places: those that were written otherwise, and what is no code.

    Parameters
    ----------
    values : mapping
        Rows of each value; the second part of its key is None.
    groups : mapping
        The group of each value.
    """
    if not dimension.geography:
        return []
    findings = []
    other = {key[0]: rows for key, rows in values.items() if key[0] and groups[key].alone_or_in_combination not in ((), (key[0],))}
    if other:
        named = listed([f"{given} = {groups[given, None].alone_or_in_combination[0]}" for given in other])
        findings.append(Finding.of("place_codes", "note", "agency", table, column, sum(other.values()), examples=named))
    none = {key[0]: rows for key, rows in values.items() if key[0] and groups[key].group == key[0] and key[0] not in dimension.not_recorded
            and not groups[key].alone_or_in_combination}  # fmt: skip
    if none:
        findings.append(Finding.of(
            "no_place", "warning", "agency", table, column, sum(none.values()), examples=listed([f"'{given}'" for given in none]),
            place=f"tables.{table}.recode.{column}",
        ))  # fmt: skip
    return findings
