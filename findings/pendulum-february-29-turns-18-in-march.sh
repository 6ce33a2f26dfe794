#!/usr/bin/env sh
# Born on February 29, 2008: on February 28, 2026 a person is 18 for dateutil and 17 for pendulum.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check python-dateutil==2.9.0.post0 pendulum==3.2.0
cat > run.py <<'PY'
import datetime as dt
import pendulum
from dateutil.relativedelta import relativedelta
born = dt.date(2008, 2, 29)
for day in (dt.date(2026, 2, 27), dt.date(2026, 2, 28), dt.date(2026, 3, 1)):
    age = pendulum.date(born.year, born.month, born.day).diff(pendulum.date(day.year, day.month, day.day)).in_years()
    print(day, "dateutil:", relativedelta(day, born).years, "pendulum:", age)
print("18 years later, dateutil:", born + relativedelta(years=18), "pendulum:", pendulum.date(2008, 2, 29).add(years=18))
PY
venv/bin/python run.py 2>/dev/null | tee seen
cat > expected <<'TXT'
2026-02-27 dateutil: 17 pendulum: 17
2026-02-28 dateutil: 18 pendulum: 17
2026-03-01 dateutil: 18 pendulum: 18
18 years later, dateutil: 2026-02-28 pendulum: 2026-02-28
TXT
echo "python-dateutil 2.9.0, pendulum 3.2.0: both add 18 years to February 29 and come to February 28, but pendulum counts 17 years between the two."
echo "Why it matters here: eligibility and age bands (under 18, 18 to 24) go by the age on a day. One person is a youth in one tool and an adult in the other, and States' laws differ in the same way: the rule has to be written down."
cmp -s seen expected
