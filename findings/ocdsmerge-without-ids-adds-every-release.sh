#!/usr/bin/env sh
# ocdsmerge appends an award without an id once for each release that repeats it, so that amounts add up.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check ocdsmerge==0.8.0
cat > run.py <<'PY'
from ocdsmerge import Merger
schema = {"type": "object", "properties": {"awards": {"type": "array", "items": {"type": "object", "properties": {
    "id": {"type": ["string", "integer"]}, "value": {"type": "object", "properties": {"amount": {"type": "number"}}}}}}}}
def total(award):
    releases = [{"ocid": "ocds-1", "id": str(month), "tag": ["award"], "date": f"2026-0{month}-01T00:00:00Z", "awards": [dict(award, value={"amount": 100})]} for month in (1, 2, 3)]
    awards = Merger(schema).create_compiled_release(releases)["awards"]
    return len(awards), sum(one["value"]["amount"] for one in awards)
print("with an id:    awards, amount", total({"id": "a"}))
print("without an id: awards, amount", total({}))
PY
venv/bin/python run.py | tee seen
cat > expected <<'TXT'
with an id:    awards, amount (1, 100)
without an id: awards, amount (3, 300)
TXT
echo "ocdsmerge 0.8.0 does what the standard says for arrays of objects without an id; nothing warns that the objects are the same ones."
echo "Why it matters here: portals that send awards without ids repeat the award in each later release. A compiled record then shows three times the money."
echo "Our reader takes a list without ids as the newest release has it (acmlib/intake/read/ocds.py)."
cmp -s seen expected
