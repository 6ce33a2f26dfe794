#!/usr/bin/env sh
# Babel and humanize tell a wait of 26 days as one month, 45 days as one or two, and 312 days as 10 months or a year.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check babel==2.19.0 humanize==4.17.0
cat > run.py <<'PY'
from datetime import timedelta
import humanize
from babel.dates import format_timedelta
for days in (10, 26, 45, 59, 61, 312):
    print(f"{days:3} days  babel: {format_timedelta(timedelta(days=days), locale='en_US'):9} humanize: {humanize.naturaldelta(timedelta(days=days))}")
PY
venv/bin/python run.py | tee seen
cat > expected <<'TXT'
 10 days  babel: 1 week    humanize: 10 days
 26 days  babel: 1 month   humanize: a month
 45 days  babel: 2 months  humanize: a month
 59 days  babel: 2 months  humanize: 2 months
 61 days  babel: 2 months  humanize: 2 months
312 days  babel: 1 year    humanize: 10 months
TXT
echo "Babel 2.19.0 goes to the next unit from 85% of it (threshold), humanize 4.17.0 from 30.5 days; both drop what is left over."
echo "Why it matters here: a wait that fell from 45 to 26 days reads 'from a month to a month' (humanize), and whether a standard of 30 or 60 days was met cannot be seen in either."
echo "Our pages tell waits as numbers with one unit for the metric."
cmp -s seen expected
