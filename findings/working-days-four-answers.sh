#!/usr/bin/env sh
# Working days between two dates: four packages, four answers for a weekend start and for dates in the wrong order.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check numpy==2.3.5 pandas==2.3.3 workalendar==17.0.0 business-duration==0.68
cat > run.py <<'PY'
import warnings
warnings.filterwarnings("ignore")
import numpy as np
import pandas as pd
from business_duration import businessDuration
from workalendar.usa import UnitedStates
for what, start, end in (("Friday to Monday", "2026-06-05", "2026-06-08"), ("same Friday", "2026-06-05", "2026-06-05"),
                         ("Saturday to Monday", "2026-06-06", "2026-06-08"), ("Monday back to Friday", "2026-06-08", "2026-06-05")):
    first, last = pd.Timestamp(start), pd.Timestamp(end)
    print(f"{what}: numpy {np.busday_count(start, end)}, workalendar {UnitedStates().get_working_days_delta(first.date(), last.date())}, "
          f"business_duration {businessDuration(first, last, unit='day'):g}, pandas {len(pd.bdate_range(start, end))}")
PY
venv/bin/python run.py | tee seen
cat > expected <<'TXT'
Friday to Monday: numpy 1, workalendar 1, business_duration 1, pandas 2
same Friday: numpy 0, workalendar 0, business_duration 0, pandas 1
Saturday to Monday: numpy 0, workalendar 1, business_duration 0, pandas 1
Monday back to Friday: numpy -1, workalendar 1, business_duration nan, pandas 0
TXT
echo "numpy 2.3.5, workalendar 17.0.0, business-duration 0.68, pandas 2.3.3: a contact before the referral is -1, 1, nothing or 0 working days."
echo "Why it matters here: 'contacted within one business day' is met or missed by the choice of package. The page prints the definition that was used."
cmp -s seen expected
