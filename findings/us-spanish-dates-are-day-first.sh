#!/usr/bin/env sh
# Spanish of the United States is day first in dateparser and in Babel, that of Puerto Rico month first: 03/04/2026 on a city's Spanish form is April 3.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check dateparser==1.5.0 Babel==2.19.0
cat > run.py <<'PY'
import datetime as dt
import warnings
warnings.filterwarnings("ignore")
import dateparser
from babel.dates import format_date
for locale in ("en-US", "es-US", "es-PR"):
    given = {"languages": ["en"]} if locale == "en-US" else {"locales": [locale]}
    read = [dateparser.parse(text, **given) for text in ("03/04/2026", "03/14/2026", "14/03/2026")]
    print(locale, "dateparser:", *(day.date() if day else "nothing" for day in read), "Babel, March 4:", format_date(dt.date(2026, 3, 4), "short", locale=locale.replace("-", "_")))
PY
venv/bin/python run.py | tee seen
cat > expected <<'TXT'
en-US dateparser: 2026-03-04 2026-03-14 2026-03-14 Babel, March 4: 3/4/26
es-US dateparser: 2026-04-03 nothing 2026-03-14 Babel, March 4: 4/3/2026
es-PR dateparser: 2026-03-04 2026-03-14 2026-03-14 Babel, March 4: 03/04/26
TXT
echo "dateparser 1.5.0 and Babel 2.19.0 (both from the CLDR): 03/04, 03/14 and 14/03 of 2026. es-US loses March 14; en-US and es-PR turn the order around for one cell of a column and say nothing."
echo "Why it matters here: Spanish and English forms of one program are filled in by the same people in the same order. The order of a column is settled for the whole column, and asked for"
echo "where it is unclear; pages in Spanish write the month as a word."
cmp -s seen expected
