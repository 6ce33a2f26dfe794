#!/usr/bin/env sh
# great_tables prints 12.5% as 12% but 13.5% as 14%, 1 of 250 as 0%, and a missing number as None.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check great-tables==1.1.0 pandas==2.3.3
cat > run.py <<'PY'
import re
import numpy as np
import pandas as pd
from great_tables import GT
shares = {"5 of 40": 0.125, "27 of 200": 0.135, "29 of 200": 0.145, "1 of 250": 0.004, "199 of 200": 0.995, "hidden": np.nan}
table = GT(pd.DataFrame({"share": list(shares.values())})).fmt_percent("share", decimals=0).as_raw_html()
print(dict(zip(shares, re.findall(r"<td[^>]*>(.*?)</td>", table))))
PY
venv/bin/python run.py | tee seen
cat > expected <<'TXT'
{'5 of 40': '12%', '27 of 200': '14%', '29 of 200': '14%', '1 of 250': '0%', '199 of 200': '100%', 'hidden': 'None'}
TXT
echo "great-tables 1.1.0, fmt_percent(decimals=0): halves are rounded to the even digit, small shares to 0%, nearly all to 100%; NaN is written as None unless sub_missing is called."
echo "Why it matters here: 13% of 40 in a spreadsheet stands beside 12% on the page; '0%' and '100%' say nobody and everybody where somebody is. A page rounds in one place,"
echo "and prints 0% and 100% only where they are true."
cmp -s seen expected
