#!/usr/bin/env sh
# DuckDB 2 writes the syntax tree of one and the same expression with other keys than DuckDB 1: arguments, literal; not children, value.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat > run.py <<'PY'
import json
import duckdb

sql = "SELECT date_diff('day', enrolled_on, placed_on) <= 183 AND job = 'Yes'"
tree = json.loads(duckdb.sql("SELECT json_serialize_sql($1)", params=[sql]).fetchall()[0][0])
first, second = tree["statements"][0]["node"]["select_list"][0]["children"]
call = first["left"]
held = next(key for key in ("children", "arguments") if call.get(key))
text = second["right"]
print(duckdb.__version__, "a call holds", held, "| a text is in", "literal" if "literal" in text else "value")
PY
for version in 1.4.0 2.0.0; do
  python3 -m venv "v$version"
  "v$version/bin/python" -m pip install --quiet --disable-pip-version-check "duckdb==$version" >/dev/null
  "v$version/bin/python" run.py
done | tee seen
cat > expected <<'TXT'
1.4.0 a call holds children | a text is in value
2.0.0 a call holds arguments | a text is in literal
TXT
echo "Why it matters here: what a metric compares with, and which date must lie after which, is read from this tree; code written for one"
echo "version finds nothing in the other and says nothing. Both are read (acmlib/contract/syntax.py)."
cmp -s seen expected
