"""Write all invented sample data anew: ``python data/generate_samples.py [--to FOLDER]``.

The same seed gives the same bytes, so the files in the repository can be checked against this script. The real sample
(``nsw-job-training``) is not touched. Nobody in these files exists; ZIP codes start with 000, which no place has.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import io
import random
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from sample_people import Life, Plan, arrange, draw_lives

Row = dict[str, object]
Person = Mapping[str, str]

AGES = {"14-15": 0.16, "16-17": 0.34, "18-20": 0.30, "21-24": 0.20}
GENDERS = {"Girl or woman": 0.49, "Boy or man": 0.48, "Another gender": 0.03}

HARBOR = Plan(
    seed=11,
    referred_a_month=37.5,
    dimensions={
        "race_ethnicity": {"B": 0.34, "W": 0.32, "H": 0.20, "A": 0.09, "M": 0.03, "9": 0.02},
        "age": AGES,
        "gender": GENDERS,
        "neighborhood": {"Old Port": 0.31, "Mill Hill": 0.27, "Eastgate": 0.24, "Saltmarsh": 0.18},
        "site": {"Pier Street": 0.42, "Eastgate Library": 0.33, "Saltmarsh School": 0.25},
    },
    planted_dimension="race_ethnicity",
    planted_started={"B": 0.41},
    planted_placed={"B": 0.20, "": 0.40},
    started=0.82,
    placed=0.49,
)
HARBOR_ZIP = {"Old Port": "00011", "Mill Hill": "00012", "Eastgate": "00013", "Saltmarsh": "00014"}


def born(age: str, referred: dt.date, draw: random.Random) -> dt.date:
    """Return a birth date of somebody who is in the age band `age` when referred."""
    low, high = (int(edge) for edge in age.split("-"))
    days = draw.randrange(low * 365 + low // 4 + 2, (high + 1) * 365 + (high + 1) // 4 - 2)
    return referred - dt.timedelta(days=days)


def ids(people: int, draw: random.Random, *, digits: int = 6) -> list[str]:
    """Return different identifiers that mean nothing, many with leading zeros."""
    return [f"{number:0{digits}d}" for number in draw.sample(range(100, 10**digits // 8), people)]


def csv_text(rows: Sequence[Row], *, delimiter: str = ",", newline: str = "\n", decimal: str = ".") -> str:
    """Return rows as CSV; nothing known is an empty cell."""
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=list(rows[0]), delimiter=delimiter, lineterminator=newline)
    writer.writeheader()
    for row in rows:
        writer.writerow({key: cell(value, decimal) for key, value in row.items()})
    return out.getvalue()


def cell(value: object, decimal: str) -> str:
    """Return one CSV cell."""
    if value is None:
        return ""
    return f"{value:.2f}".replace(".", decimal) if isinstance(value, float) else str(value)


def harbor() -> dict[str, bytes]:
    """Return the files of Harbor Works: black young people start work experience half as often after enrolment as others."""
    lives = draw_lives(HARBOR)
    people = arrange(lives, HARBOR)
    draw = random.Random(HARBOR.seed + 1)
    rows = [harbor_row(name, life, person, draw) for name, life, person in zip(ids(len(lives), draw), lives, people, strict=True)]
    return {"harbor-youth-jobs/participants.csv": csv_text(rows).encode()}


def harbor_row(name: str, life: Life, person: Person, draw: random.Random) -> Row:
    """Return one line of Harbor Works' export, in its own column names."""
    return {
        "PersonalID": name,
        "Race": person["race_ethnicity"],
        "Gender": person["gender"],
        "BirthDate": born(person["age"], life.referred, draw),
        "Zip": HARBOR_ZIP[person["neighborhood"]],
        "Neighborhood": person["neighborhood"],
        "Site": person["site"],
        "ReferralDate": life.referred,
        "AssessmentDate": life.assessed,
        "EnrollmentDate": life.enrolled,
        "WorkStartDate": life.started,
        "PlacementDate": life.placed,
        "ExitDate": life.left,
        "ExitReason": life.reason or None,
        "HourlyWage": life.wage,
    }


PROVIDERS: tuple[Callable[[], dict[str, bytes]], ...] = (harbor,)


def write_all(to: Path) -> None:
    """Write every invented file below `to`, replacing what is there."""
    for provider in PROVIDERS:
        for name, content in provider().items():
            path = to / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--to", type=Path, default=Path(__file__).resolve().parent, help="folder to write into (default: data/)")
    write_all(parser.parse_args().to)
