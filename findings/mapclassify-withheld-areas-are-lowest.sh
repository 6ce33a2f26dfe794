#!/usr/bin/env sh
# mapclassify with one missing number: FisherJenks puts all areas in one class, Quantiles the highest in the lowest class, and the missing one is in the lowest class too.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check mapclassify==2.10.0 numpy==2.3.5 pandas==2.3.3 scipy==1.16.3
cat > run.py <<'PY'
import warnings
warnings.filterwarnings("ignore")
import mapclassify
import numpy as np
shares = np.array([4, 8, 15, 16, 23, 42.0])
withheld = np.append(shares, np.nan)
for method in (mapclassify.FisherJenks, mapclassify.Quantiles, mapclassify.EqualInterval):
    print(f"{method.__name__:13} all known: {method(shares, k=3).yb.tolist()}  the last withheld: {method(withheld, k=3).yb.tolist()}")
print("UserDefined   the last withheld:", mapclassify.UserDefined(withheld, [10, 20, 50]).yb.tolist())
PY
venv/bin/python run.py 2>/dev/null | tee seen
cat > expected <<'TXT'
FisherJenks   all known: [0, 0, 1, 1, 1, 2]  the last withheld: [0, 0, 0, 0, 0, 0, 0]
Quantiles     all known: [0, 0, 1, 1, 2, 2]  the last withheld: [0, 0, 0, 1, 1, 0, 0]
EqualInterval all known: [0, 0, 0, 0, 1, 2]  the last withheld: [0, 0, 0, 0, 1, 2, 0]
UserDefined   the last withheld: [0, 0, 1, 1, 2, 2, 0]
TXT
echo "mapclassify 2.10.0: a missing number is not refused, not left out and not a class of its own. (GeoDataFrame.plot(scheme=...) leaves such areas out before; classify() and the classes themselves do not.)"
echo "Why it matters here: rates of small tracts are withheld. The map then shows them as the tracts with the fewest people in poverty, and with quantiles the poorest tract as well."
echo "Only known numbers are classified; the others are drawn as not known."
cmp -s seen expected
