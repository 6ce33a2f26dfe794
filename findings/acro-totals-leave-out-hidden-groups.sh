#!/usr/bin/env sh
# ACRO's totals leave out the groups that it hides, so 'All' is not everybody.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check acro==1.0.2
cat > run.py <<'PY'
import contextlib, io, logging
import pandas as pd
logging.disable(logging.CRITICAL)
with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
    from acro import ACRO
    session = ACRO(suppress=True)
    people = pd.DataFrame({"race": ["A"] * 40 + ["B"] * 40 + ["C"] * 5, "site": (["North"] * 20 + ["South"] * 20) * 2 + ["North"] * 3 + ["South"] * 2})
    table = session.crosstab(people["race"], people["site"], margins=True)
print(len(people), "people; the total of the table:", int(table.loc["All", "All"]))
PY
venv/bin/python run.py 2>/dev/null | tee seen
echo "85 people; the total of the table: 80" > expected
echo "acro 1.0.2, crosstab(margins=True) with suppress=True: rows of hidden groups are taken out before the margins are added up; nothing on the table says so."
echo "Why it matters here: shares of a total like this one are too high for every group that is shown, and the number served is wrong. We keep true totals and hide more cells instead."
cmp -s seen expected
