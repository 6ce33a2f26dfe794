#!/usr/bin/env sh
# abspc names NHS Making Data Count and NHSRplotthedots as its rules, but needs a run of eight (not seven), a trend of six, and does not screen moving ranges.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check abspc==1.1.0
cat > run.py <<'PY'
import warnings
warnings.filterwarnings("ignore")
import numpy as np
import pandas as pd
import abspc
def marked(values, rule):
    limits = abspc.calculate_control_limits(pd.DataFrame({"value": [float(one) for one in values]}), "XmR")
    return int(abspc.detect_special_causes(limits)[rule].sum())
quiet = [9, 12, 8, 12, 8, 13, 8, 11, 8, 12, 7]
print("run of seven marked:", marked([*quiet, *([12, 13] * 4)[:7], 8, 12, 8], "rule2"), "run of eight:", marked([*quiet, *[12, 13] * 4, 8, 12, 8], "rule2"))
print("trend of six marked:", marked([*quiet, 6.5, 8, 8.5, 9, 9.5, 10, 9, 11, 9], "rule3"))
spike = [10, 11, 9, 10, 12, 10, 9, 11, 10, 60, 10, 9, 11, 10, 12, 10, 9, 11, 10, 10]
ranges = np.abs(np.diff(spike))
screened = ranges[ranges < 3.267 * ranges.mean()].mean()
upper = abspc.calculate_control_limits(pd.DataFrame({"value": [float(one) for one in spike]}), "XmR")["ucl"].iloc[0]
print(f"upper limit {upper:.1f}; with moving ranges screened once, as NHSRplotthedots does by default: {np.mean(spike) + 2.66 * screened:.1f}")
PY
venv/bin/python run.py | tee seen
cat > expected <<'TXT'
run of seven marked: 0 run of eight: 8
trend of six marked: 6
upper limit 30.1; with moving ranges screened once, as NHSRplotthedots does by default: 16.5
TXT
echo "abspc 1.1.0; NHSRplotthedots 0.1.0 and later: seven on one side, seven in a trend, moving ranges of 3.267 x their mean or more screened."
echo "Why it matters here: the same months read 'no change' in one tool and 'improving' in the other. Charts must print the rules they used."
cmp -s seen expected
