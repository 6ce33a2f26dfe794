"""The waves of a survey: which period of the metric table each of them is."""

from __future__ import annotations

from collections.abc import Iterator

from acmlib.contract.model import Contract
from acmlib.contract.periods import Period, contract_period, month_text, months_between

ALLOWED = "use a year of the contract as Y1, a half-year of it as P6M/2025-12, a quarter as 2025Q2 or a month as 2025-05"
#: Months of a half-year.
HALF = 6


def wave_period(text: str, contract: Contract) -> str:
    """Return the period of the metric table that a wave is.

    Parameters
    ----------
    text : str
        As the contract file has it.

    Returns
    -------
    str
        A contract year as ``P12M/<last month>``, everything else as it was given.

    Raises
    ------
    ValueError
        If it is no period of the contract, or one for which nothing is counted.
    """
    period = _parsed(text, contract)
    return f"P12M/{month_text(period.end)}" if text.startswith("Y") else text


def _parsed(text: str, contract: Contract) -> Period:
    starts, ends = contract.contract.starts, contract.contract.ends
    try:
        period = contract_period(contract, text)
    except ValueError:
        raise ValueError(ALLOWED) from None
    fits = period.grain in ("month", "quarter") or text.startswith("Y")
    if period.grain == "rolling":
        fits = text.startswith(f"P{HALF}M/") and len(months_between(starts, period.end)) % HALF == 0
    if not fits:
        raise ValueError(ALLOWED)
    if period.end < starts or period.start > ends:
        raise ValueError(f"it lies outside the term; use one from {starts} to {ends}")
    return period


def wave_problems(contract: Contract) -> Iterator[tuple[str, str]]:
    """Yield (key of the contract file, what is wrong there) for every wave that is no period of the contract, or out of order."""
    for name, survey in contract.surveys.items():
        before: Period | None = None
        for number, wave in enumerate(survey.waves):
            key = f"surveys.{name}.waves.{number}.period"
            try:
                period = _parsed(wave.period, contract)
            except ValueError as error:
                yield key, f"is '{wave.period}'; {error}"
                continue
            if before is not None and period.start <= before.end:
                yield key, f"is '{wave.period}', which begins before {before.text} ends; give waves in order, none within another"
            before = period
