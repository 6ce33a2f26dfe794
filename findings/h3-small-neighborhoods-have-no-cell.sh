#!/usr/bin/env sh
# h3 gives a neighborhood that holds no center of a cell no cell at all: at resolution 7 a quarter of a square mile is nowhere, at 8 it is one cell.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check h3==4.5.0
cat > run.py <<'PY'
import h3
area = h3.LatLngPoly([(42.360, -71.070), (42.360, -71.060), (42.367, -71.060), (42.367, -71.070)])
east = h3.LatLngPoly([(42.360, -71.060), (42.360, -71.050), (42.367, -71.050), (42.367, -71.060)])
for resolution in (7, 8, 9):
    one, two = h3.polygon_to_cells(area, resolution), h3.polygon_to_cells(east, resolution)
    print("resolution", resolution, "| cells:", len(one), len(two), "| touched:", len(h3.polygon_to_cells_experimental(area, resolution, "overlap")), len(h3.polygon_to_cells_experimental(east, resolution, "overlap")))
PY
venv/bin/python run.py 2>/dev/null | tee seen
cat > expected <<'TXT'
resolution 7 | cells: 0 0 | touched: 1 2
resolution 8 | cells: 1 1 | touched: 4 4
resolution 9 | cells: 7 6 | touched: 13 13
TXT
echo "h3 4.5.0, polygon_to_cells(): a cell belongs to an area if its center lies inside. An area without a center has an empty list, not the cell that it lies in."
echo "Why it matters here: residents by cell are sums over such lists. Small areas are the dense ones, where most people live; they and their residents are in no cell, and the base of a share shrinks."
echo "Areas are joined by their codes here."
cmp -s seen expected
