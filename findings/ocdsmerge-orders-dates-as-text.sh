#!/usr/bin/env sh
# ocdsmerge orders releases by the text of their date and keeps an award that a later release withdraws with an empty list.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check ocdsmerge==0.8.0
cat > run.py <<'PY'
from ocdsmerge import Merger
schema = {"type": "object", "properties": {"ocid": {"type": "string"}, "tender": {"type": "object", "properties": {"status": {"type": "string"}}},
          "awards": {"type": "array", "items": {"type": "object", "properties": {"id": {"type": ["string", "integer"]}, "status": {"type": "string"}}}}}}
def compiled(*releases):
    common = {"ocid": "ocds-1", "tag": ["tender"]}
    return Merger(schema).create_compiled_release([common | {"id": str(number)} | one for number, one in enumerate(releases)])
evening = {"date": "2026-01-01T23:00:00-05:00", "tender": {"status": "cancelled"}}  # 04:00 UTC on January 2
night = {"date": "2026-01-02T01:00:00Z", "tender": {"status": "active"}}  # three hours before
print("status:", compiled(evening, night)["tender"]["status"])
print("awards:", compiled({"date": "2026-01-01T00:00:00Z", "awards": [{"id": 1, "status": "active"}]}, {"date": "2026-02-01T00:00:00Z", "awards": []})["awards"])
PY
venv/bin/python run.py | tee seen
cat > expected <<'TXT'
status: active
awards: [{'id': 1, 'status': 'active'}]
TXT
echo "ocdsmerge 0.8.0, the reference implementation: the cancellation that came last is compiled as first, because '2026-01-01T23' sorts before '2026-01-02T01'; an empty list says nothing."
echo "Why it matters here: a cancelled tender or a withdrawn award counts as an open contract. Dates are read with their zone before releases are put in order."
cmp -s seen expected
