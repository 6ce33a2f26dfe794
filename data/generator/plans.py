"""What each invented provider is like: the plan behind every sample, and the only place where a gap or a change is planted."""

from __future__ import annotations

import datetime as dt

from generator.lives import Plan

AGES = {"14-15": 0.16, "16-17": 0.34, "18-20": 0.30, "21-24": 0.20}
GENDERS = {"Girl or woman": 0.49, "Boy or man": 0.48, "Another gender": 0.03}

#: Black young people start work experience half as often after enrolment: 20% are placed within 6 months, of the others 40%.
HARBOR = Plan(
    seed=11,
    referred_a_month=37.5,
    dimensions={
        "race_ethnicity": {"B": 0.36, "W": 0.40, "H": 0.24},
        "age": AGES,
        "gender": GENDERS,
        "neighborhood": {"Old Port": 0.31, "Mill Hill": 0.27, "Eastgate": 0.24, "Saltmarsh": 0.18},
        "site": {"Pier Street": 0.42, "Eastgate Library": 0.33, "Saltmarsh School": 0.25},
    },
    planted_dimension="race_ethnicity",
    planted_started={"B": 0.41},
    planted_placed={"B": 0.20, "": 0.40},
    assessed=0.94,
    enrolled=lambda month: 0.92,
    started=0.82,
    placed=0.49,
)

#: Month of the contract (from 0) in which Northern streamlined its intake.
NORTHERN_CHANGE = 12

#: Intake streamlined in month 13: who enrols waits about 19 days before, 8 after; about 55% of those referred enrol before, 68% after.
NORTHERN = Plan(
    seed=12,
    referred_a_month=37.5,
    dimensions={
        "race_ethnicity": {"W": 0.46, "H": 0.30, "I": 0.12, "B": 0.08, "M": 0.04},
        "age": AGES,
        "gender": {"F": 0.49, "M": 0.48, "X": 0.03},
        "neighborhood": {"Peñasco": 0.29, "Alta Vista": 0.27, "Río Norte": 0.24, "Station": 0.20},
        "site": {"Main Street": 0.56, "Río Norte": 0.44},
    },
    days_to_enrol=lambda month: 19.0 if month < NORTHERN_CHANGE else 8.0,
    enrolled=lambda month: 0.57 if month < NORTHERN_CHANGE else 0.80,
    shown_monthly=True,
)

#: 38% of the young people of the area are youth of color, 25% of those referred and enrolled. Nothing else.
RIVERSIDE = Plan(
    seed=13,
    referred_a_month=23,
    dimensions={
        "race_ethnicity": {"White": 0.75, "Black": 0.11, "Hispanic": 0.09, "Asian": 0.03, "Two or more": 0.02},
        "age": AGES,
        "gender": GENDERS,
        "neighborhood": {"Ferry Road": 0.38, "Lower Town": 0.33, "The Bend": 0.29},
        "site": {"Ferry Road": 0.52, "Lower Town": 0.48},
    },
)

#: Nothing planted: no gap, no change, targets met.
LAKESIDE = Plan(
    seed=14,
    referred_a_month=35,
    dimensions={
        "race_ethnicity": {"White": 0.40, "Black or African American": 0.26, "Hispanic or Latino": 0.22, "Asian": 0.12},
        "age": AGES,
        "gender": GENDERS,
        "neighborhood": {"Lakefront": 0.30, "Orchard": 0.27, "Kings Park": 0.23, "Foundry": 0.20},
        "site": {"North": 0.53, "South": 0.47},
    },
    started=0.88,
    placed=0.55,
    even_pairs=(("race_ethnicity", "site"),),
)

#: Month of the contract (from 0) from which Prairie sent nothing for one month: November 2025.
PRAIRIE_SILENT = 16

#: Tiny groups, race often missing for three different reasons, one month without a file.
PRAIRIE = Plan(
    seed=15,
    referred_a_month=3.25,
    dimensions={
        "race_ethnicity": {"W": 0.42, "H": 0.17, "I": 0.10, "B": 0.06, "N": 0.11, "R": 0.08, "9": 0.06},
        "age": {"14-17": 0.55, "18-24": 0.45},
        "gender": {"Girl or woman": 0.5, "Boy or man": 0.5},
        "site": {"Grange Hall": 0.6, "County Library": 0.4},
    },
)

#: Month of the contract (from 0) from which Summit's gap is closed: a bilingual job coach started in January 2025.
SUMMIT_CHANGE = 6

#: In the first half-year 20% of Hispanic participants placed within 6 months against 42% of the others; no gap afterwards.
SUMMIT = Plan(
    seed=16,
    referred_a_month=36,
    dimensions={
        "race_ethnicity": {"W": 0.35, "H": 0.32, "B": 0.22, "B;W": 0.06, "H;W": 0.05},
        "age": AGES,
        "gender": GENDERS,
        "neighborhood": {"Upper Summit": 0.37, "Quarry": 0.33, "Ridgeway": 0.30},
        "site": {"Quarry": 0.55, "Ridgeway": 0.45},
    },
    planted_dimension="race_ethnicity",
    planted_started={"H": 0.40},
    planted_placed={"H": 0.20, "": 0.42},
    planted_until=SUMMIT_CHANGE,
    started=0.82,
    placed=0.51,
)

#: Tutoring: students of Oak Hill leave early about twice as often; enrolment of referred students is even.
BRIGHT_STEPS = Plan(
    seed=17,
    first=dt.date(2024, 9, 1),
    as_of=dt.date(2026, 8, 31),
    referred_a_month=28,
    dimensions={
        "school": {"Oak Hill": 0.30, "Lincoln": 0.38, "Riverbend": 0.32},
        "race_ethnicity": {"Black": 0.30, "White": 0.30, "Hispanic": 0.26, "Asian": 0.10, "Not asked": 0.04},
        "grade": {"3": 0.27, "4": 0.27, "5": 0.24, "6": 0.22},
        "gender": {"Girl": 0.5, "Boy": 0.5},
    },
    planted_dimension="school",
    planted_leaves={"Oak Hill": 0.62},
    planted_early={"Oak Hill": 0.44, "": 0.20},
    leaves_early=0.27,
    placed=0.36,
)
