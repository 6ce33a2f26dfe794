#!/usr/bin/env sh
# fiscalyear with a fiscal year that starts in January says that March 2026 is in fiscal year 2027.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check fiscalyear==0.4.0
cat > run.py <<'PY'
import datetime as dt
import fiscalyear as fy
for month in (10, 7, 1):
    fy.setup_fiscal_calendar(start_month=month)
    day = fy.FiscalDate(2026, 3, 1)
    year = fy.FiscalYear(2026)
    print(f"starts in month {month}: March 1, 2026 is in FY{day.fiscal_year}; FY2026 is {year.start.date()} to {year.end.date()}")
fy.setup_fiscal_calendar(start_year="same", start_month=1)
print("with start_year='same':", fy.FiscalDate(2026, 3, 1).fiscal_year)
PY
venv/bin/python run.py 2>/dev/null | tee seen
cat > expected <<'TXT'
starts in month 10: March 1, 2026 is in FY2026; FY2026 is 2025-10-01 to 2026-09-30
starts in month 7: March 1, 2026 is in FY2026; FY2026 is 2025-07-01 to 2026-06-30
starts in month 1: March 1, 2026 is in FY2027; FY2026 is 2025-01-01 to 2025-12-31
with start_year='same': 2026
TXT
echo "fiscalyear 0.4.0, setup_fiscal_calendar(start_month=1): the year is still named after the calendar year after the one in which it starts (start_year='previous'), also where both are one."
echo "Why it matters here: agencies with years from July, October and January share a script, and the third sets only the month. All of its figures are a year off, in every row alike,"
echo "so that nothing looks wrong. Here fiscal_year_starts: 1 is the calendar year."
cmp -s seen expected
