#!/usr/bin/env sh
# DuckDB and polars read 03/04/2026 as April 3, unless a day above 12 stands in the same file: then DuckDB reads March 4 and polars leaves a text.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check duckdb==2.0.1 polars==2.1.0
printf 'person,placed_on\na,03/04/2026\nb,05/06/2026\n' > early.csv
printf 'person,placed_on\na,03/04/2026\nb,05/16/2026\n' > late.csv
cat > run.py <<'PY'
import duckdb
import polars
for name in ("early", "late"):
    in_duckdb = duckdb.sql(f"SELECT placed_on FROM '{name}.csv' WHERE person = 'a'").fetchall()[0][0]
    in_polars = polars.read_csv(f"{name}.csv", try_parse_dates=True)["placed_on"][0]
    print(f"{name}.csv, 03/04/2026: DuckDB {in_duckdb}, polars {in_polars} ({type(in_polars).__name__})")
for files in (["late.csv", "early.csv"], ["early.csv", "late.csv"]):
    try:
        print("together,", *files, [str(day) for day, in duckdb.execute("SELECT placed_on FROM read_csv($1)", [files]).fetchall()])
    except duckdb.ConversionException:
        print("together,", *files, "an error")
PY
venv/bin/python run.py | tee seen
cat > expected <<'TXT'
early.csv, 03/04/2026: DuckDB 2026-04-03, polars 2026-04-03 (date)
late.csv, 03/04/2026: DuckDB 2026-03-04, polars 03/04/2026 (str)
together, late.csv early.csv ['2026-03-04', '2026-05-16', '2026-03-04', '2026-05-06']
together, early.csv late.csv an error
TXT
echo "duckdb 2.0.1 (read_csv) and polars 2.1.0 (try_parse_dates): a column of dates that fits both orders is taken for day first, without a word; one day above 12 turns DuckDB's reading."
echo "Why it matters here: exports of US agencies are month first. A small provider's month with early days only is read with days and months swapped, the next delivery"
echo "is not: waits and months are wrong in one of two files. The order is stated (dateformat='%m/%d/%Y'), and never left to each file."
cmp -s seen expected
