#!/usr/bin/env sh
# scipy's barnard_exact and boschloo_exact compare the columns of a table, relative_risk and statsmodels its rows: 14 of 20 against 19 of 20 has p 0.077 or 0.049.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check scipy==1.17.1 numpy==2.4.6 statsmodels==0.15.0
cat > run.py <<'PY'
from scipy.stats import barnard_exact, boschloo_exact, fisher_exact
from statsmodels.stats.contingency_tables import Table2x2
for placed, of, others, of_others in ((14, 20, 19, 20), (40, 50, 49, 50)):
    groups_in_rows = [[placed, of - placed], [others, of_others - others]]
    groups_in_columns = [list(column) for column in zip(*groups_in_rows)]
    print(f"{placed} of {of} and {others} of {of_others}: risk ratio of the rows {Table2x2(groups_in_rows).riskratio:.2f}")
    for test in (fisher_exact, barnard_exact, boschloo_exact):
        print(f"  {test.__name__}: groups in rows {test(groups_in_rows).pvalue:.4f}, in columns {test(groups_in_columns).pvalue:.4f}")
PY
venv/bin/python run.py | tee seen
cat > expected <<'TXT'
14 of 20 and 19 of 20: risk ratio of the rows 0.74
  fisher_exact: groups in rows 0.0915, in columns 0.0915
  barnard_exact: groups in rows 0.0771, in columns 0.0488
  boschloo_exact: groups in rows 0.0430, in columns 0.0464
40 of 50 and 49 of 50: risk ratio of the rows 0.82
  fisher_exact: groups in rows 0.0078, in columns 0.0078
  barnard_exact: groups in rows 0.0124, in columns 0.0041
  boschloo_exact: groups in rows 0.0034, in columns 0.0045
TXT
echo "scipy 1.17.1: the two groups of Barnard's and Boschloo's test are the columns; with groups in rows, those who were placed are compared with those who were not, a test for another design. Fisher's is the same both ways."
echo "Why it matters here: tables of results have a row for each group. Whoever takes Barnard's test for small groups, since it finds more than Fisher's, gets a p-value three times as large,"
echo "or a smaller one, and may call a gap not certain that is. The table is turned before the test."
cmp -s seen expected
