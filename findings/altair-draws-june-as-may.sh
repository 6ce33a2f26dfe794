#!/usr/bin/env sh
# Altair draws June as May for readers west of London if months are texts such as 2026-06-01; pandas and polars dates stay in June.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check altair==6.3.0 vl-convert-python==1.9.0.post1 pandas==3.1.1 polars==2.1.0
cat > run.py <<'PY'
import datetime as dt
import re
import altair
import pandas as pd
import polars
import vl_convert
june = dt.date(2026, 6, 1)
sent = {"texts": pd.DataFrame({"month": ["2026-06-01"], "placed": [12]}),
        "pandas dates": pd.DataFrame({"month": pd.to_datetime([june]), "placed": [12]}),
        "polars dates": polars.DataFrame({"month": [june], "placed": [12]})}
for name, table in sent.items():
    chart = altair.Chart(table).mark_bar().encode(x="yearmonth(month):O", y="placed:Q")
    print(f"{name}: {re.search(r'with 1 value: ([A-Za-z]+ [0-9]+)', vl_convert.vegalite_to_svg(chart.to_dict()))[1]}")
PY
for zone in America/New_York Europe/Paris; do echo "$zone"; TZ=$zone venv/bin/python run.py; done | tee seen
cat > expected <<'TXT'
America/New_York
texts: May 2026
pandas dates: June 2026
polars dates: June 2026
Europe/Paris
texts: June 2026
pandas dates: June 2026
polars dates: June 2026
TXT
echo "altair 6.3.0, drawn by vl-convert-python 1.9.0: Vega reads a text with a day and no time as midnight in UTC and takes the month of the reader's own zone. On a page, that is the browser's."
echo "Why it matters here: monthly figures come from CSV files with the first of the month as text. The chart is right for a colleague abroad and a month early in every US office,"
echo "so that the action of June seems to follow its effect. Months are turned into dates before they are drawn."
cmp -s seen expected
