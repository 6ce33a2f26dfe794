#!/usr/bin/env sh
# libpysal gives an area without neighbors a neighborhood average of 0, not of none.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check libpysal==4.14.1 geopandas==1.1.4 pandas==2.3.3 numpy==2.3.5
cat > run.py <<'PY'
import warnings
warnings.filterwarnings("ignore")
import geopandas
import numpy as np
from libpysal.graph import Graph
from libpysal.weights import Queen, lag_spatial
from shapely.geometry import box
tracts = geopandas.GeoDataFrame(geometry=[box(0, 0, 1, 1), box(1, 0, 2, 1), box(5, 0, 6, 1)], crs=3857)  # the third lies beyond a river
poor = np.array([0.2, 0.4, 0.6])
weights = Queen.from_dataframe(tracts, use_index=False, silence_warnings=True)
weights.transform = "r"
print("weights:", lag_spatial(weights, poor).tolist())
print("graph:  ", Graph.build_contiguity(tracts, rook=False).transform("r").lag(poor).tolist())
PY
venv/bin/python run.py 2>/dev/null | tee seen
cat > expected <<'TXT'
weights: [0.4, 0.2, 0.0]
graph:   [0.4, 0.2, 0.0]
TXT
echo "libpysal 4.14.1, lag_spatial() and Graph.lag() with weights that add up to 1: the average over no neighbors is the sum of nothing."
echo "Why it matters here: shares of small tracts are steadied with, or compared with, those around them. An island, a tract beyond a river or one whose neighbors were withheld seems to lie"
echo "in surroundings without any poverty, and its own share, taken together with them, is halved. Areas without neighbors are set to not known first."
cmp -s seen expected
