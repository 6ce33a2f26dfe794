"""Write all invented sample data anew: ``python data/generate_samples.py [--to FOLDER]``.

The same seed gives the same bytes, so the files in the repository can be checked against this script. The real sample
(``nsw-job-training``) is not touched. Nobody in these files exists; ZIP codes start with 000, which no place has.
"""

from __future__ import annotations

import argparse
import datetime as dt
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from generator import plans
from generator.files import csv_text, parquet, workbook
from generator.lives import Life, Plan, add_months, after, spread
from generator.people import arrange, draw_lives, mean
from generator.quiet import quiet
from generator.voices import early_survey

Files = dict[str, bytes]
Person = Mapping[str, str]


def members(
    plan: Plan, *, changed_in: int | None = None, loud: Sequence[str] = (), heard: Sequence[str] = ()
) -> Iterator[tuple[str, Life, Person, random.Random]]:
    """Yield identifier, life and description of everybody in a plan, in the order of referral."""
    lives = draw_lives(plan, changed_in, loud=loud, heard=heard)
    people = arrange(lives, plan)
    draw = random.Random(plan.seed + 1)
    for number, life, person in zip(draw.sample(range(100, 125_000), len(lives)), lives, people, strict=True):
        yield f"{number:06d}", life, person, draw


def born(age: str, referred: dt.date, draw: random.Random) -> dt.date:
    """Return a birth date of somebody who is in the age band `age` when referred."""
    low, high = (int(edge) for edge in age.split("-"))
    return referred - dt.timedelta(days=draw.randrange(low * 365 + low // 4 + 2, (high + 1) * 365 + (high + 1) // 4 - 2))


def years(age: str, draw: random.Random) -> int:
    """Return an age in the band `age`."""
    low, high = (int(edge) for edge in age.split("-"))
    return draw.randint(low, high)


def population(shares: Mapping[str, int]) -> bytes:
    """Return a population file."""
    return csv_text([{"group": group, "people": people} for group, people in shares.items()]).encode()


def harbor() -> Files:
    """Return the files of Harbor Works: a plain CSV with its own column names and codes, and an early survey."""
    zips = {"Old Port": "00011", "Mill Hill": "00012", "Eastgate": "00013", "Saltmarsh": "00014"}
    people = list(members(plans.HARBOR))
    rows = [
        {
            "PersonalID": name,
            "Race": person["race_ethnicity"],
            "Gender": person["gender"],
            "BirthDate": born(person["age"], life.referred, draw),
            "Zip": zips[person["neighborhood"]],
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
        for name, life, person, draw in people
    ]
    residents = {
        "Black or African American": 5770,
        "Hispanic or Latino": 3850,
        "White": 6400,
    }
    enrolled = [(name, life.enrolled, person) for name, life, person, _ in people if life.enrolled]
    asked = early_survey(enrolled, seed=plans.HARBOR.seed, until=plans.HARBOR.as_of)
    return {
        "harbor-youth-jobs/participants.csv": csv_text(rows).encode(),
        "harbor-youth-jobs/surveys.csv": csv_text(asked).encode(),
        "harbor-youth-jobs/population.csv": population(residents),
    }


def northern() -> Files:
    """Return the files of Northern Pathways: a European export in cp1252 with semicolons and decimal commas."""
    loud = ("days_to_enrol", "enrolled_30d", "enrolled", "stage:enrolled")
    rows = [
        {
            "Client no": "N" + name,
            "Ethnic group": person["race_ethnicity"],
            "Sex": person["gender"],
            "Date of birth": born(person["age"], life.referred, draw),
            "Neighborhood": person["neighborhood"],
            "Office": person["site"],
            "Referred": life.referred,
            "Assessed": life.assessed,
            "Enrolled": life.enrolled,
            "Started": life.started,
            "Job from": life.placed,
            "Left": life.left,
            "Why left": life.reason or None,
            "Pay per hour": life.wage,
        }
        for name, life, person, draw in members(plans.NORTHERN, changed_in=plans.NORTHERN_CHANGE, loud=loud, heard=loud[:2])
    ]
    text = csv_text(rows, delimiter=";", newline="\r\n", decimal=",")
    residents = {
        "American Indian or Alaska Native": 1190,
        "Black or African American": 820,
        "Hispanic or Latino": 2960,
        "Multiracial and/or Multiethnic": 410,
        "White": 4620,
    }
    return {"northern-youth-jobs/participants.csv": text.encode("cp1252"), "northern-youth-jobs/population.csv": population(residents)}


def riverside() -> Files:
    """Return the files of Riverside Futures: an Excel workbook with a cover sheet."""
    rows = [
        {
            "ID": name,
            "Race / ethnicity": person["race_ethnicity"],
            "Gender": person["gender"],
            "Age": years(person["age"], draw),
            "Neighborhood": person["neighborhood"],
            "Site": person["site"],
            "Referred on": life.referred,
            "Assessed on": life.assessed,
            "Enrolled on": life.enrolled,
            "Started on": life.started,
            "Placed on": life.placed,
            "Exited on": life.left,
            "Exit reason": life.reason or None,
            "Wage": life.wage,
        }
        for name, life, person, draw in members(plans.RIVERSIDE)
    ]
    residents = {
        "Asian": 380,
        "Black or African American": 1320,
        "Hispanic or Latino": 1060,
        "Multiracial and/or Multiethnic": 280,
        "White": 4960,
    }
    of_color = {"Youth of color": 3040, "White": 4960}
    return {
        "riverside-youth-jobs/participants.xlsx": workbook(rows, "Participants", notice="Invented sample data. Sheet 'Participants'."),
        "riverside-youth-jobs/population.csv": population(residents),
        "riverside-youth-jobs/population_of_color.csv": population(of_color),
    }


def lakeside() -> Files:
    """Return the files of Lakeside Youth: participants in Parquet, coaching sessions as monthly counts."""
    rows = [
        {
            "participant_id": name,
            "race_ethnicity": person["race_ethnicity"],
            "gender": person["gender"],
            "age": years(person["age"], draw),
            "neighborhood": person["neighborhood"],
            "site": person["site"],
            "referred_on": life.referred,
            "assessed_on": life.assessed,
            "enrolled_on": life.enrolled,
            "started_on": life.started,
            "placed_on": life.placed,
            "exited_on": life.left,
            "exit_reason": life.reason or None,
            "wage": life.wage,
        }
        for name, life, person, draw in members(plans.LAKESIDE)
    ]
    residents = {"Asian": 1390, "Black or African American": 2980, "Hispanic or Latino": 2530, "White": 4600}
    return {
        "lakeside-youth-jobs/participants.parquet": parquet(rows),
        "lakeside-youth-jobs/sessions.csv": csv_text(sessions(plans.LAKESIDE)).encode(),
        "lakeside-youth-jobs/population.csv": population(residents),
    }


def sessions(plan: Plan) -> list[dict[str, object]]:
    """Return coaching sessions offered and attended by month, in total and by group; in every group the same share is attended."""
    draw = random.Random(plan.seed + 2)
    while True:
        offered = [round(draw.gauss(260, 14)) for _ in range(plan.months)]
        attended = [sum(draw.random() < 0.83 for _ in range(people)) for people in offered]
        if quiet([float(n) for n in offered]) and quiet([done / all_ for done, all_ in zip(attended, offered, strict=True)]):
            break
    rows: list[dict[str, object]] = []
    for month, (done, all_) in enumerate(zip(attended, offered, strict=True)):
        splits = {"all": {"All participants": 1.0}, **{name: plan.dimensions[name] for name in ("race_ethnicity", "site")}}
        for dimension, shares in splits.items():
            came = spread(shares, done, draw)
            missed = spread(shares, all_ - done, draw)
            rows += [
                {
                    "period": f"{add_months(plan.first, month):%Y-%m}",
                    "dimension": dimension,
                    "group": group,
                    "measure": "sessions_attended",
                    "numerator": came.count(group),
                    "denominator": came.count(group) + missed.count(group),
                }
                for group in shares
            ]
    return rows


def prairie() -> Files:
    """Return the files of Prairie Connect: one small CSV a month, with a byte order mark; one month never came."""
    months: dict[int, list[dict[str, object]]] = {}
    for name, life, person, draw in members(plans.PRAIRIE):
        months.setdefault(life.month, []).append(
            {
                "id": name,
                "race": person["race_ethnicity"],
                "gender": person["gender"],
                "age": years(person["age"], draw),
                "site": person["site"],
                "referred": life.referred,
                "assessed": life.assessed,
                "enrolled": life.enrolled,
                "started": life.started,
                "placed": life.placed,
                "left": life.left,
                "reason": life.reason or None,
                "wage": life.wage,
            }
        )
    late = next(row for rows in months.values() for row in rows if row["left"])
    late["left"] = late["referred"] - dt.timedelta(days=3)  # type: ignore[operator]  # the planted mistake: left before referred
    return {
        f"prairie-youth-jobs/participants-{add_months(plans.PRAIRIE.first, month):%Y-%m}.csv": csv_text(rows).encode("utf-8-sig")
        for month, rows in months.items()
        if month != plans.PRAIRIE_SILENT
    }


def summit() -> Files:
    """Return the files of Summit Works: a CSV in which a person may give several races, and an exit survey."""
    rows = []
    left: list[tuple[str, Life, Person]] = []
    for name, life, person, draw in members(plans.SUMMIT, changed_in=plans.SUMMIT_CHANGE, loud=("stage:started", "placements_per_day")):
        rows.append(
            {
                "participant_id": name,
                "race": person["race_ethnicity"],
                "gender": person["gender"],
                "born_on": born(person["age"], life.referred, draw),
                "neighborhood": person["neighborhood"],
                "site": person["site"],
                "referred_on": life.referred,
                "assessed_on": life.assessed,
                "enrolled_on": life.enrolled,
                "started_on": life.started,
                "placed_on": life.placed,
                "exited_on": life.left,
                "exit_reason": life.reason or None,
                "wage": life.wage,
            }
        )
        if life.left:
            left.append((name, life, person))
    residents = {
        "Black or African American": 2640,
        "Hispanic or Latino": 3840,
        "Multiracial and/or Multiethnic": 1320,
        "White": 4200,
    }
    return {
        "summit-youth-jobs/participants.csv": csv_text(rows).encode(),
        "summit-youth-jobs/surveys.csv": csv_text(surveys(left)).encode(),
        "summit-youth-jobs/population.csv": population(residents),
    }


def surveys(left: Sequence[tuple[str, Life, Person]]) -> list[dict[str, object]]:
    """Return an exit survey: about half answer, four in five of them are content, in every group alike."""
    in_order = sorted(left, key=lambda one: (one[2]["race_ethnicity"], one[1].left, one[0]))
    for attempt in range(5000):
        draw = random.Random(plans.SUMMIT.seed * 1000 + attempt)
        answers = spread({"4": 0.27, "5": 0.15, "3": 0.06, "2": 0.04, "": 0.48}, len(in_order), draw, block=25)
        rows: list[dict[str, object]] = [
            {
                "participant_id": name,
                "race": person["race_ethnicity"],
                "site": person["site"],
                "sent_on": after(life.left or plans.SUMMIT.as_of, 2),
                "answered": "yes" if score else "no",
                "score": score or None,
            }
            for (name, life, person), score in zip(in_order, answers, strict=True)
        ]
        rows = [row for row in rows if row["sent_on"] <= plans.SUMMIT.as_of]  # type: ignore[operator]
        if quiet(monthly(rows, "answered", ("yes",))) and quiet(monthly([r for r in rows if r["score"]], "score", ("4", "5"))):
            return sorted(rows, key=lambda row: (str(row["sent_on"]), str(row["participant_id"])))
    raise RuntimeError("no quiet survey months")


def monthly(rows: Sequence[Mapping[str, object]], column: str, wanted: Sequence[str]) -> list[float]:
    """Return by month of `sent_on` the share of rows whose `column` is one of `wanted`."""
    months = sorted({str(row["sent_on"])[:7] for row in rows})
    return [mean([float(row[column] in wanted) for row in rows if str(row["sent_on"])[:7] == month]) for month in months]


def bright_steps() -> Files:
    """Return the file of Bright Steps: tutoring in three schools."""
    grade = {"3": "8-8", "4": "9-9", "5": "10-10", "6": "11-11"}
    rows = [
        {
            "student_id": name,
            "race_ethnicity": person["race_ethnicity"],
            "gender": person["gender"],
            "grade": person["grade"],
            "born_on": born(grade[person["grade"]], life.referred, draw),
            "school": person["school"],
            "referred_on": life.referred,
            "assessed_on": life.assessed,
            "enrolled_on": life.enrolled,
            "first_session_on": life.started,
            "goal_met_on": life.placed,
            "exited_on": life.left,
            "exit_reason": life.reason or None,
        }
        for name, life, person, draw in members(plans.BRIGHT_STEPS)
    ]
    enrolment = {"Asian": 310, "Black or African American": 920, "Hispanic or Latino": 800, "White": 930}
    return {"bright-steps-tutoring/students.csv": csv_text(rows).encode(), "bright-steps-tutoring/population.csv": population(enrolment)}


PROVIDERS: tuple[Callable[[], Files], ...] = (harbor, northern, riverside, lakeside, prairie, summit, bright_steps)


def write_all(to: Path) -> None:
    """Write every invented file below `to`, replacing what is there."""
    for provider in PROVIDERS:
        for name, content in provider().items():
            path = to / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Write all invented sample data anew.")
    parser.add_argument("--to", type=Path, default=Path(__file__).resolve().parent, help="folder to write into (default: data/)")
    write_all(parser.parse_args().to)
