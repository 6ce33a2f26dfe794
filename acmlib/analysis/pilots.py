"""Which contracts to begin with: a register of contracts, scored by criteria that a meeting can argue about.

A criterion about which the register says nothing is *not known*: it is left out of the score and becomes a question, never a zero.
"""

from __future__ import annotations

import datetime as dt
import re

import numpy as np
import pandas as pd

from acmlib.contract.pilots import ANSWERS, CRITERIA, MOST, PilotScreen, Tier

#: Months from one meeting to the next.
EVERY = {"monthly": 1, "quarterly": 3, "twice a year": 6}
#: Days in a month, on average.
MONTH = 365.25 / 12
#: Why a contract is not on the list.
ENDED, ONE_OFF, NO_SERVICE = "ended", "one-off purchase", "goods or works"


def screen(register: pd.DataFrame, settings: PilotScreen, *, date: dt.date) -> pd.DataFrame:
    """Score the contracts of a register, the most suitable first.

    Parameters
    ----------
    register : DataFrame
        From `acmlib.intake.read.register.read_register`: ``id``, ``title``, ``starts``, ``ends``, and what else is known.
    date : date
        The day from which months left are counted.

    Returns
    -------
    DataFrame
        The register's rows in the order of the list, with ``points_<criterion>`` (0 to 3, NaN not known), ``months_left``, ``score``
        (0 to 100: weighted points of what is known), ``known`` (number of criteria), ``tier``, ``cadence``, and ``left_out`` (why a
        contract is not on the list, else empty). Contracts that are left out come last.

    Examples
    --------
    >>> from pathlib import Path
    >>> from acmlib.contract.pilots import PilotScreen
    >>> settings = PilotScreen(
    ...     weights={"people": 3, "months_left": 2},
    ...     limits={"months_left": (6, 12, 18)},
    ...     tiers=[{"name": "A", "from": 60, "cadence": "monthly"}, {"name": "B", "from": 0, "cadence": "quarterly"}],
    ...     words={"people": ["tutor"], "goods": ["paving"]},
    ... )
    >>> register = pd.DataFrame({"id": ["1", "2"], "title": ["Street paving", "Tutoring"], "starts": "2025-07-01", "ends": "2027-06-30"})
    >>> screen(register, settings, date=dt.date(2026, 7, 1))[["id", "score", "left_out"]].round(1).values.tolist()
    [['2', 86.7, ''], ['1', 26.7, 'goods or works']]
    """
    rows = register.reset_index(drop=True)
    starts, ends = (pd.to_datetime(rows[name]) for name in ("starts", "ends"))
    left = ((ends - pd.Timestamp(date)).dt.days / MONTH).round(1)
    length = (ends - starts).dt.days + 1
    points = pd.DataFrame({name: _answered(rows, name) for name in CRITERIA}, index=rows.index)
    recognized = _recognized(rows, settings)
    points["people"] = points["people"].fillna(recognized)
    points["months_left"] = points["months_left"].fillna(_by_limits(left, settings, "months_left"))
    points["repeats"] = points["repeats"].fillna(_by_limits((length / MONTH).round(1), settings, "repeats"))
    points["clients"] = points["clients"].fillna(_by_limits(_numbers(rows, "clients"), settings, "clients"))
    points["value"] = points["value"].fillna(_by_rank(_numbers(rows, "value")))
    weights = pd.Series({name: settings.weights.get(name, 0.0) for name in CRITERIA})
    known = points.notna() & weights.gt(0)
    with np.errstate(invalid="ignore"):
        score = points.fillna(0.0).mul(weights).sum(axis=1) / known.mul(weights).sum(axis=1) / MOST * 100
    counted = known.sum(axis=1)
    out = rows.assign(**{f"points_{name}": points[name] for name in CRITERIA}, months_left=left, score=score, known=counted)
    tiers = [_tier(settings, value, count) for value, count in zip(score.fillna(0), counted, strict=True)]
    out = out.assign(tier=[tier.name for tier in tiers], cadence=[tier.cadence for tier in tiers], left_out="")
    out.loc[points["people"].eq(0), "left_out"] = NO_SERVICE
    out.loc[length.le(settings.shortest), "left_out"] = ONE_OFF
    out.loc[left.le(0), "left_out"] = ENDED
    order = out.assign(_out=out["left_out"].ne(""), _place=[[tier.name for tier in settings.tiers].index(name) for name in out["tier"]])
    order = order.sort_values(["_out", "_place", "score", "known", "id"], ascending=[True, True, False, False, True], kind="stable")
    return order.drop(columns=["_out", "_place"]).reset_index(drop=True)


def meetings(listed: pd.DataFrame, date: dt.date, *, months: int = 12) -> pd.DataFrame:
    """Return the meetings that contracts ask for, spread so that those met about less often do not all fall into one month.

    Parameters
    ----------
    listed : DataFrame
        From `screen`, in its order: ``id``, ``title``, ``ends``, ``cadence``.
    date : date
        The first meetings are in the month after.

    Returns
    -------
    DataFrame
        ``month`` (as 2026-08), ``id``, ``title`` and ``cadence``, a row a meeting; none after a contract's last day.

    Examples
    --------
    >>> ends = pd.Timestamp("2026-10-31")
    >>> two = pd.DataFrame({"id": ["1", "2"], "title": ["A", "B"], "ends": ends, "cadence": "quarterly"})
    >>> meetings(two, dt.date(2026, 7, 1))[["month", "id"]].values.tolist()
    [['2026-08', '1'], ['2026-09', '2']]
    """
    first, rows = pd.Period(date, freq="M") + 1, []
    for cadence, contracts in listed.groupby("cadence", sort=False):
        every = EVERY[str(cadence)]
        for place, (contract, text, ends) in enumerate(zip(contracts["id"], contracts["title"], contracts["ends"], strict=True)):
            coming = (first + step for step in range(place % every, months, every))
            rows += [(str(month), contract, text, cadence) for month in coming if month.start_time <= ends]
    return pd.DataFrame(rows, columns=["month", "id", "title", "cadence"]).sort_values("month", kind="stable", ignore_index=True)


def _tier(settings: PilotScreen, score: float, known: int) -> Tier:
    """Return the highest tier whose score and known criteria are reached."""
    return next(tier for tier in settings.tiers if score >= tier.from_ and known >= tier.known)


def _numbers(rows: pd.DataFrame, name: str) -> pd.Series:
    return pd.to_numeric(rows[name], errors="coerce") if name in rows else pd.Series(np.nan, index=rows.index)


def _answered(rows: pd.DataFrame, name: str) -> pd.Series:
    """Return what people wrote about a criterion in a column of its name: 0 to 3, or a word of `ANSWERS`; NaN where nothing was written."""
    if name not in rows or name in ("value", "clients", "months_left"):
        return pd.Series(np.nan, index=rows.index)
    text = rows[name].astype("str").str.strip().str.casefold()
    return text.map(ANSWERS).fillna(pd.to_numeric(text, errors="coerce").where(lambda number: number.between(0, MOST)))


def _recognized(rows: pd.DataFrame, settings: PilotScreen) -> pd.Series:
    """Return 3 where title or category speak of people, 0 where they speak of goods alone, NaN where neither is said."""
    text = rows["title"].fillna("").astype("str")
    if "category" in rows:
        text = text + " " + rows["category"].fillna("").astype("str")
    people, goods = (text.str.contains(_any_of(words), case=False, regex=True) for words in (settings.words.people, settings.words.goods))
    return pd.Series(np.select([people, goods], [float(MOST), 0.0], np.nan), index=rows.index)


def _any_of(words: tuple[str, ...]) -> str:
    """Return a pattern that finds any of some beginnings of words."""
    return r"(?<!\w)(?:" + "|".join(re.escape(word) for word in words) + ")" if words else r"(?!)"


def _by_limits(values: pd.Series, settings: PilotScreen, name: str) -> pd.Series:
    limits = {str(key): three for key, three in settings.limits.items()}.get(name)
    if limits is None:
        return pd.Series(np.nan, index=values.index)
    reached = np.searchsorted(limits, values.to_numpy(dtype=float), side="right")
    return pd.Series(reached.astype(float), index=values.index).where(values.notna())


def _by_rank(values: pd.Series) -> pd.Series:
    """Return the quarter of the register in which a value lies, 0 to 3; NaN where it is not known or nothing can be compared."""
    if values.nunique() < 2:
        return pd.Series(np.nan, index=values.index)
    quarter = np.ceil(values.rank(pct=True, method="average").to_numpy(dtype=float) * 4) - 1
    return pd.Series(np.clip(quarter, 0, MOST), index=values.index).where(values.notna())
