#!/usr/bin/env sh
# pytimeparse reads 1:30 as one minute and 30 seconds, 1:30:00 as an hour and a half; a spreadsheet shows both for the same visit.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check pytimeparse==1.1.10 pandas==2.3.3 numpy==2.4.6 duckdb==2.0.1
cat > run.py <<'PY'
import duckdb
import pandas as pd
import pytimeparse
def told(read):
    try:
        return str(read())
    except Exception as error:
        return type(error).__name__
for text in ("1:30", "1:30:00"):
    print(text, "| pytimeparse, minutes:", pytimeparse.parse(text) / 60, "| pandas:", told(lambda: pd.Timedelta(text)), "| duckdb:", told(lambda: duckdb.execute(f"select cast('{text}' as interval)").fetchone()[0]))
print("mean visit of 0:45, 1:30 and 2:15 in minutes:", sum(map(pytimeparse.parse, ("0:45", "1:30", "2:15"))) / 3 / 60)
PY
venv/bin/python run.py 2>/dev/null | tee seen
cat > expected <<'TXT'
1:30 | pytimeparse, minutes: 1.5 | pandas: ValueError | duckdb: 1:30:00
1:30:00 | pytimeparse, minutes: 90.0 | pandas: 0 days 01:30:00 | duckdb: 1:30:00
mean visit of 0:45, 1:30 and 2:15 in minutes: 1.5
TXT
echo "pytimeparse 1.1.10: two numbers with a colon are minutes and seconds. A text of three is right."
echo "Why it matters here: hours of tutoring and visits are written as hours and minutes. A column with both forms is read without an error, and its mean is off by up to sixty."
echo "The product reads durations in the unit that a contract names, or from two times of day."
cmp -s seen expected
