"""Checks of what was sent. Nothing is refused here: findings say what to look at, why, and who can correct it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from acmlib.contract.model import Contract
from acmlib.intake.findings import Finding, worst_first

if TYPE_CHECKING:
    from acmlib.intake.sources import Tables


def check_tables(tables: Tables, contract: Contract) -> tuple[Finding, ...]:
    """Return everything that somebody should look at, worst first."""
    return worst_first(tables.noticed)
