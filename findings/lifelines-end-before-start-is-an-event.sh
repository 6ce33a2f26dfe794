#!/usr/bin/env sh
# lifelines takes an end before its start for an event at a negative time, and the median moves.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check lifelines==0.30.3
cat > run.py <<'PY'
import warnings
warnings.filterwarnings("ignore")
from lifelines import KaplanMeierFitter
from lifelines.utils import datetimes_to_durations
referred = ["2026-01-10", "2026-01-01", "2026-01-03", "2026-01-02"]
enrolled = ["2026-01-05", "2026-01-11", "2026-01-23", "2026-02-01"]  # the first was typed wrongly: five days before the referral
days, ended = datetimes_to_durations(referred, enrolled)
print("days", days.tolist(), "ended", ended.tolist())
print("median of all", KaplanMeierFitter().fit(days, ended).median_survival_time_, "of those that can be", KaplanMeierFitter().fit(days[1:], ended[1:]).median_survival_time_)
PY
venv/bin/python run.py | tee seen
cat > expected <<'TXT'
days [-5.0, 10.0, 20.0, 30.0] ended [True, True, True, True]
median of all 10.0 of those that can be 20.0
TXT
echo "lifelines 0.30.3: no warning, neither from datetimes_to_durations nor from the fitter; the curve begins below day 0."
echo "Why it matters here: one swapped date makes a service look faster. A result before its start is counted on neither side and is named to the analyst."
cmp -s seen expected
