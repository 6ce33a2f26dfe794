#!/usr/bin/env sh
# sqlite-utils insert --csv kept all columns as texts up to version 3; version 4 guesses types, and the ZIP code 02138 is 2138.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check sqlite-utils==4.2.1
python3 -m venv three
three/bin/python -m pip install --quiet --disable-pip-version-check sqlite-utils==3.38
printf 'id,zip,started\n007,02138,2026\n012,10453,2025\n' > people.csv
for version in three venv; do
  "$version/bin/sqlite-utils" insert "$version.db" people people.csv --csv >/dev/null
  "$version/bin/sqlite-utils" --version
  "$version/bin/sqlite-utils" rows "$version.db" people
done 2>/dev/null | tee seen
venv/bin/sqlite-utils insert texts.db people people.csv --csv --no-detect-types >/dev/null
venv/bin/sqlite-utils rows texts.db people | tee -a seen
cat > expected <<'TXT'
sqlite-utils, version 3.38
[{"id": "007", "zip": "02138", "started": "2026"},
 {"id": "012", "zip": "10453", "started": "2025"}]
sqlite-utils, version 4.2.1
[{"id": 7, "zip": 2138, "started": 2026},
 {"id": 12, "zip": 10453, "started": 2025}]
[{"id": "007", "zip": "02138", "started": "2026"},
 {"id": "012", "zip": "10453", "started": "2025"}]
TXT
echo "sqlite-utils 3.38 and 4.2.1, the same command: ids and ZIP codes lose their zeros where every value of the column is made of digits; one letter in the column keeps all of them."
echo "Why it matters here: a database file is a source here, and what is gone from it cannot be read. ZIP codes of New England and New Jersey no longer meet their population,"
echo "and ids no longer meet the other file. Insert with --no-detect-types."
cmp -s seen expected
