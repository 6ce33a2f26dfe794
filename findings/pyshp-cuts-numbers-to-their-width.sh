#!/usr/bin/env sh
# pyshp cuts a number that is wider than its field: 1,234,567 residents are stored as 12,345; a GEOID in a field of numbers loses its zero.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check pyshp==3.1.6
cat > run.py <<'PY'
import warnings
import shapefile
with warnings.catch_warnings(record=True) as told:
    warnings.simplefilter("always")
    with shapefile.Writer("places", shapeType=shapefile.POINT) as out:
        out.field("GEOID", "N", 11)
        out.field("residents", "N", 5)
        for geoid, people in (("01001020100", 1775), ("06037", 1234567)):
            out.point(0, 0)
            out.record(geoid, people)
    read = [list(one) for one in shapefile.Reader("places").records()]
print("read back:", read, "warnings:", len(told))
PY
venv/bin/python run.py 2>/dev/null | tee seen
echo "read back: [[1001020100, 1775], [6037, 12345]] warnings: 0" > expected
echo "pyshp 3.1.6, Writer.record(): the text of a number is cut to the width of its dBASE field, from the right; there is no error and no warning."
echo "Why it matters here: populations are often handed over as shapefiles. A county with a hundredth of its people makes a participation rate a hundred times too high."
echo "Ask for a CSV beside the shapes, with GEOID as text, and compare the total with the published one."
cmp -s seen expected
