"""Invented contracts for training: one thing is planted, everything else is equal, and another seed gives another contract."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

#: Months of the contract, its first month, and people referred a month.
MONTHS, FIRST, REFERRED = 24, "2024-07", 48
PERIOD = "2026-06"
#: Groups and their shares, in the order of their size.
GROUPS: Mapping[str, Mapping[str, float]] = {
    "race_ethnicity": {"White": 0.36, "Black or African American": 0.34, "Hispanic or Latino": 0.30},
    "site": {"Main Street": 0.4, "River Road": 0.33, "Station": 0.27},
    "age": {"14-17": 0.5, "18-24": 0.5},
}
#: Of those referred: enrolled within 30 days, enrolled later. Of those enrolled: started. Of those started: placed within six months.
USUAL: Mapping[str, float] = {"soon": 0.72, "late": 0.14, "started": 0.8, "placed": 0.55}
#: What a planted step comes to.
LOW = {"soon": 0.44, "started": 0.4, "placed": 0.27}
#: Stages of the pathway that can be planted, and who owns them.
OWNERS = {"enrolled": "agency", "started": "provider", "placed": "provider"}
_STEP = {"enrolled": "soon", "started": "started", "placed": "placed"}
#: A group of so many people, so few of them placed, that nothing about it is clear.
FEW, FEW_PLACED = 14, 1
#: Stories of the second level: the metric that changes, its step with the share before, the month of the change, the small group.
CHANGES = (
    ("placed_6m", {"placed": 0.3}, 9, "Asian"),
    ("enrolled_30d", {"soon": 0.5}, 12, "Asian"),
    ("enrolled_30d", {"soon": 0.48}, 10, "Native American"),
    ("placed_6m", {"placed": 0.28}, 8, "Pacific Islander"),
    ("enrolled_30d", {"soon": 0.46}, 14, "Multiracial"),
    ("placed_6m", {"placed": 0.3}, 10, "Native American"),
)

CONTRACT = """contract:
  title: {{en: Training contract {level}-{seed}, es: Contrato de práctica {level}-{seed}}}
  provider: Invented provider
  agency: Invented agency
  program: training
  starts: 2024-07-01
  ends: 2027-06-30
tables:
  participants: {{source: data/{id}/participants.csv, id: participant_id, entered: referred_on}}
dimensions:
  race_ethnicity: {{title: {{en: Race and ethnicity, es: Raza y etnicidad}}, column: race_ethnicity}}
  site: {{title: {{en: Site, es: Sede}}, column: site, kind: site}}
  age: {{title: {{en: Age, es: Edad}}, column: age}}
metrics:
  enrolled_30d:
    title: {{en: Enrolled within 30 days of referral, es: Inscripción en los 30 días siguientes a la referencia}}
    kind: proportion
    that: enrolled_on <= referred_on + interval 30 day
    date: referred_on
    window: 30 days
    target: 0.65
    headline: true
  placed_6m:
    title: {{en: Placed in a job within 6 months of enrolling, es: Empleo en los 6 meses siguientes a la inscripción}}
    kind: proportion
    of: enrolled_on is not null
    that: placed_on <= enrolled_on + interval 183 day
    date: referred_on
    window: 243 days
    target: 0.40
    headline: true
    main: true
pathway:
  date: referred_on
  window: 240 days
  stages:
    - {{stage: referred, owner: agency, reached: referred_on is not null, date: referred_on}}
    - {{stage: enrolled, owner: agency, reached: enrolled_on is not null, date: enrolled_on}}
    - {{stage: started, owner: provider, reached: started_on is not null, date: started_on}}
    - {{stage: placed, owner: provider, reached: placed_on is not null, date: placed_on}}
editions: [internal]
period: {period}
"""


@dataclass(frozen=True)
class Planted:
    """What was planted: the answer key."""

    contract: str  #: Id of the invented contract.
    #: `metric`, `dimension`, `group`: the clear gap; empty where none was planted.
    metric: str = ""
    dimension: str = ""
    group: str = ""
    #: `stage`, `owner`: where along the pathway it opens, and whose stage that is; empty where none was planted.
    stage: str = ""
    owner: str = ""
    changed: str = ""  #: The metric that really changed, with `since` its first month; empty where none did.
    since: str = ""
    too_few: str = ""  #: The group of which nothing is clear, small as it is; empty where there is none.


def invent(level: int, seed: int, folder: Path) -> Planted:
    """Write an invented contract into a workspace.

    Parameters
    ----------
    level : {1, 2, 3}
        1: one group has worse results. 2: one metric really changed, and one group is too small to say anything. 3: the gap opens at one
        stage of the pathway.
    seed : int
        Another seed gives other groups, stages and people.
    folder : Path
        The workspace: gets ``params/<id>/contract.yml`` and ``data/<id>/participants.csv``.

    Raises
    ------
    ValueError
        If there is no such level.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     invent(3, 7, Path(folder)).stage in OWNERS
    True
    """
    if level not in (1, 2, 3):
        raise ValueError(f"level is {level}; use 1, 2 or 3")
    draw = np.random.default_rng([level, seed])
    contract = f"training-{level}-{seed}"
    if level == 2:
        metric, before, month, few = CHANGES[seed % len(CHANGES)]
        first, later = _people(draw, range(month), None, before), _people(draw, range(month, MONTHS), None, {})
        people = pd.concat([first, later, _few(draw, few)], ignore_index=True)
        since = str(pd.Period(FIRST, "M") + month)
        planted = Planted(contract, changed=metric, since=since, too_few=few, dimension="race_ethnicity")
    else:
        # Groups of a training have seeds one after the other: each gets another story.
        kinds = ["race_ethnicity", "site"] if level == 1 else ["race_ethnicity"]
        stages = ["placed"] if level == 1 else list(OWNERS)
        stories = [(name, group, stage) for group in (1, 2) for stage in stages for name in kinds]
        dimension, place, stage = stories[seed % len(stories)]
        group = list(GROUPS[dimension])[place]
        step = _STEP[stage]
        people = _people(draw, range(MONTHS), (dimension, group), {step: LOW[step], **({"late": 0.06} if step == "soon" else {})})
        metric = "enrolled_30d" if step == "soon" else "placed_6m"
        planted = Planted(contract, metric=metric, dimension=dimension, group=group, stage=stage, owner=OWNERS[stage])
    _write(people.sample(frac=1, random_state=seed).sort_values("referred_on", kind="stable"), contract, level, seed, folder)
    return planted


def _write(people: pd.DataFrame, contract: str, level: int, seed: int, folder: Path) -> None:
    data, params = folder / "data" / contract, folder / "params" / contract
    data.mkdir(parents=True, exist_ok=True)
    params.mkdir(parents=True, exist_ok=True)
    people = people.assign(participant_id=[f"T{number:04d}" for number in range(len(people))])
    people.to_csv(data / "participants.csv", index=False, date_format="%Y-%m-%d")
    text = CONTRACT.format(level=level, seed=seed, id=contract, period=PERIOD)
    (params / "contract.yml").write_text(text, encoding="utf-8")


def _people(draw: np.random.Generator, months: Sequence[int], planted: tuple[str, str] | None, low: Mapping[str, float]) -> pd.DataFrame:
    """Draw everybody referred in some months: steps have exact shares in each group of one dimension, all else is dealt out evenly.

    Without a planted group the changed shares hold for everybody.
    """
    dimension = planted[0] if planted else "race_ethnicity"
    total = REFERRED * len(months)
    parts = []
    for group, share in GROUPS[dimension].items():
        changed = low if planted is None or planted[1] == group else {}
        far = _steps(round(total * share), {**USUAL, **changed})
        columns = {name: _dealt(draw, far, other) for name, other in GROUPS.items() if name != dimension}
        month = _dealt(draw, far, dict.fromkeys(map(str, months), 1 / len(months))).astype(int)
        parts.append(_dated(draw, pd.DataFrame({dimension: group, "far": far, "month": month, **columns})))
    return pd.concat(parts, ignore_index=True)


def _steps(people: int, share: Mapping[str, float]) -> np.ndarray:
    """Return how far each of some people came, exact shares of each: bits of soon (1), enrolled (2), started (4), placed (8)."""
    soon, late = round(people * share["soon"]), round(people * share["late"])
    found = [0] * (people - soon - late)
    for number, bits in ((soon, 3), (late, 2)):
        started = round(number * share["started"])
        placed = round(started * share["placed"])
        found += [bits] * (number - started) + [bits + 4] * (started - placed) + [bits + 12] * placed
    return np.array(found)


def _dealt(draw: np.random.Generator, far: np.ndarray, shares: Mapping[str, float]) -> np.ndarray:
    """Deal groups out so that those who came equally far have them in the same shares."""
    dealt = np.empty(len(far), dtype=object)
    for one in np.unique(far):
        at = draw.permutation(np.flatnonzero(far == one))
        ends = np.round(np.cumsum(list(shares.values())) * len(at)).astype(int)
        for group, start, end in zip(shares, [0, *ends[:-1]], ends, strict=True):
            dealt[at[start:end]] = group
    return dealt


def _dated(draw: np.random.Generator, people: pd.DataFrame) -> pd.DataFrame:
    """Give dates to the steps that somebody took."""
    n, far = len(people), people["far"].to_numpy()
    first = pd.PeriodIndex([pd.Period(FIRST, "M") + month for month in people["month"]], freq="M").start_time
    referred = first + pd.to_timedelta(draw.integers(0, 27, n), unit="D")
    wait = np.where(far & 1, draw.integers(3, 28, n), draw.integers(35, 60, n))
    enrolled = referred + pd.to_timedelta(wait, unit="D")
    started = enrolled + pd.to_timedelta(draw.integers(7, 40, n), unit="D")
    placed = started + pd.to_timedelta(draw.integers(20, 130, n), unit="D")
    until = pd.Period(PERIOD, "M").end_time
    columns = {"enrolled_on": (enrolled, 2), "started_on": (started, 4), "placed_on": (placed, 8)}
    dates = {name: pd.Series(days).where((far & bit > 0) & (days <= until)) for name, (days, bit) in columns.items()}
    return people.drop(columns=["far", "month"]).assign(referred_on=referred, **dates)


def _few(draw: np.random.Generator, group: str) -> pd.DataFrame:
    """Return a group of a few people of whom hardly anybody was placed, by chance."""
    far = np.array([15] * FEW_PLACED + [7] * (FEW - FEW_PLACED))
    columns = {name: _dealt(draw, far, shares) for name, shares in GROUPS.items() if name != "race_ethnicity"}
    months = np.tile(np.arange(MONTHS // 2, MONTHS // 2 + 5), 3)[:FEW]
    return _dated(draw, pd.DataFrame({"race_ethnicity": group, "far": far, "month": months, **columns}))
