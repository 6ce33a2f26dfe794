#!/usr/bin/env sh
# tobler counts a tract whose number is withheld as one in which nobody lives, and halves a rate.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check tobler==0.12.1 geopandas==1.1.4 pandas==2.3.3
cat > run.py <<'PY'
import geopandas
from shapely.geometry import box
from tobler.area_weighted import area_interpolate
tracts = geopandas.GeoDataFrame({"people": [100, None], "poor": [0.2, None]}, geometry=[box(0, 0, 1, 1), box(1, 0, 2, 1)], crs=3857)
neighborhood = geopandas.GeoDataFrame(geometry=[box(0, 0, 2, 1)], crs=3857)
found = area_interpolate(tracts, neighborhood, extensive_variables=["people"], intensive_variables=["poor"])
print("people:", float(found["people"].iloc[0]), " poor:", float(found["poor"].iloc[0]))
PY
venv/bin/python -W ignore run.py | tee seen
cat > expected <<'TXT'
people: 100.0  poor: 0.1
TXT
echo "tobler 0.12.1: a missing value is zero in the sums and in the means by area, without a warning."
echo "Why it matters here: populations of neighborhoods are put together from census tracts, and the Census withholds small ones. Too few residents make a group look well served."
echo "Our readers of Census tables keep a withheld cell as withheld, and a total over it as unknown."
cmp -s seen expected
