#!/usr/bin/env sh
# A month without a day gets the day on which it is read: "March 2026" is March 5 for dateutil, dateparser and pendulum on the fifth, and March 30 on the thirtieth; pandas has March 1.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check python-dateutil==2.9.0.post0 dateparser==1.5.0 pendulum==3.2.0 freezegun==1.5.5 pandas==2.3.3 numpy==2.4.6
cat > run.py <<'PY'
import dateparser
import dateutil.parser
import pandas as pd
import pendulum
from freezegun import freeze_time
READERS = {
    "dateutil": dateutil.parser.parse,
    "dateparser": dateparser.parse,
    "pendulum": lambda text: pendulum.parse(text, strict=False),
    "pandas": pd.to_datetime,
}
for text in ("March 2026", "2026-03"):
    for name, read in READERS.items():
        days = []
        for today in ("2026-11-05", "2026-11-30"):
            with freeze_time(today):
                days.append(str(read(text))[:10])
        print(f"{text}, {name}:", *days)
PY
venv/bin/python run.py 2>/dev/null | tee seen
cat > expected <<'TXT'
March 2026, dateutil: 2026-03-05 2026-03-30
March 2026, dateparser: 2026-03-05 2026-03-30
March 2026, pendulum: 2026-03-05 2026-03-30
March 2026, pandas: 2026-03-01 2026-03-01
2026-03, dateutil: 2026-03-05 2026-03-30
2026-03, dateparser: 2026-03-05 2026-03-30
2026-03, pendulum: 2026-03-01 2026-03-01
2026-03, pandas: 2026-03-01 2026-03-01
TXT
echo "python-dateutil 2.9.0, dateparser 1.5.0, pendulum 3.2.0 (strict=False): what a text does not say is filled from the clock, here on November 5 and November 30."
echo "Why it matters here: the same file gives other waits every time it is read, up to a month apart, and a notice that was in time is late in the next run."
cmp -s seen expected
