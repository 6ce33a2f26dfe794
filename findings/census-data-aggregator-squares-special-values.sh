#!/usr/bin/env sh
# census-data-aggregator squares the Census Bureau's special margin -555555555 (an estimate that is controlled, margin zero) as if it were a number.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check census-data-aggregator==0.0.8
cat > run.py <<'PY'
from census_data_aggregator import approximate_ratio, approximate_sum
controlled = (1000, -555555555)  # as the API delivers a county total that is controlled to a count: its margin of error is zero
print("sum", approximate_sum(controlled, (500, 100)))
print("ratio", approximate_ratio((380, 60), controlled))
print("ratio with a margin of zero", approximate_ratio((380, 60), (1000, 0)))
PY
venv/bin/python run.py | tee seen
cat > expected <<'TXT'
sum (1500, 555555555.000009)
ratio (0.38, 211111.11090000853)
ratio with a margin of zero (0.38, 0.06)
TXT
echo "census-data-aggregator 0.0.8: annotation values of ACS tables pass as margins of error; the result is a number without a warning."
echo "Why it matters here: a population share with a margin of 20 million points makes every under-service 'not certain'. Special values are read by their meaning (docs of the ACS)."
venv/bin/python - <<'PY'
import re
number = r"-?\d+\.?\d*"
seen, expected = ([float(one) for one in re.findall(number, open(name).read())] for name in ("seen", "expected"))
assert len(seen) == len(expected) and all(abs(a - b) <= 1e-3 * abs(b) for a, b in zip(seen, expected)), (seen, expected)
PY
