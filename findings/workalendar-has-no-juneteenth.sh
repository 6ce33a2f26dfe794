#!/usr/bin/env sh
# workalendar's calendar of the United States has no Juneteenth; holidays and pandas have had it since 2021.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check workalendar==17.0.0 holidays==0.109 pandas==2.3.3
cat > run.py <<'PY'
import datetime as dt
import warnings
warnings.filterwarnings("ignore")
import holidays
from pandas.tseries.holiday import USFederalHolidayCalendar
from workalendar.usa import UnitedStates
called = dt.date(2026, 6, 18)  # a Thursday; the Friday after it is June 19
def after(free, days):
    day = called
    while days:
        day += dt.timedelta(days=1)
        days -= day.weekday() < 5 and day not in free
    return day
print("workalendar", after({day for day, _ in UnitedStates().holidays(2026)}, 1), UnitedStates().is_working_day(dt.date(2026, 6, 19)))
print("holidays", after(holidays.US(years=2026), 1))
print("pandas", after({day.date() for day in USFederalHolidayCalendar().holidays("2026-01-01", "2026-12-31")}, 1))
PY
venv/bin/python run.py | tee seen
cat > expected <<'TXT'
workalendar 2026-06-19 True
holidays 2026-06-22
pandas 2026-06-22
TXT
echo "workalendar 17.0.0, UnitedStates(): June 19 is a working day. The next working day after June 18, 2026 is the 19th or the 22nd, by the package."
echo "Why it matters here: 'called within one working day' is missed by everybody referred before a holiday, or met. A contract names its calendar"
echo "(holidays: US), and an agency with other days off gives its own list."
cmp -s seen expected
