#!/usr/bin/env sh
# thefuzz's dedupe makes one of five people: Maria Lopez, Maria Lopes, Mario Lopez and Maria are Lopez Maria Elena, because one name within another is the same.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check thefuzz==0.22.1 rapidfuzz==3.14.6
cat > run.py <<'PY'
from thefuzz import fuzz, process
people = ["Maria Lopez", "Maria Lopes", "Mario Lopez", "Maria", "Lopez Maria Elena", "John Smith"]
print("kept:", sorted(process.dedupe(people)))
print("kept at a threshold of 95:", sorted(process.dedupe(people, threshold=95)))
print("Maria and Lopez Maria Elena:", fuzz.token_set_ratio("Maria", "Lopez Maria Elena"))
print("the same with ratio, threshold 95:", len(process.dedupe(people, threshold=95, scorer=fuzz.ratio)))
PY
venv/bin/python run.py 2>/dev/null | tee seen
cat > expected <<'TXT'
kept: ['John Smith', 'Lopez Maria Elena']
kept at a threshold of 95: ['John Smith', 'Lopez Maria Elena', 'Maria Lopes', 'Mario Lopez']
Maria and Lopez Maria Elena: 100
the same with ratio, threshold 95: 6
TXT
echo "thefuzz 0.22.1, process.dedupe(): names are compared as sets of words, a part of a name is a match of 100, and 70 is enough; of those that match the longest is kept."
echo "Why it matters here: it is the first tool found for a list of clients with repeated names. People who have two family names, as many Spanish-speaking clients do, take in everybody who has one of them, and the count of people served drops."
cmp -s seen expected
