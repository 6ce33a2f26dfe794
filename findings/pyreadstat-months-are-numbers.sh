#!/usr/bin/env sh
# pyreadstat gives months and quarters of Stata files as 797 and 265, of SPSS files as 13999651200; days are dates. pandas does so for SAS transport files only.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check pyreadstat==1.3.7 pandas==2.3.3 numpy==2.4.6
cat > run.py <<'PY'
import datetime as dt
import pandas as pd
import pyreadstat
day = pd.to_datetime(["2026-05-01", "2026-06-01"])
pd.DataFrame({"day": day, "month": day, "quarter": day}).to_stata("file.dta", convert_dates={"day": "td", "month": "tm", "quarter": "tq"}, write_index=False)
read, about = pyreadstat.read_dta("file.dta")
print("Stata, pyreadstat:", read.iloc[1].astype(str).tolist(), about.original_variable_types)
print("Stata, pandas:    ", pd.read_stata("file.dta").iloc[1].astype(str).tolist())
pyreadstat.write_sav(pd.DataFrame({"day": day, "month": day}), "file.sav", variable_format={"day": "DATE11", "month": "MOYR8"})
read, about = pyreadstat.read_sav("file.sav")
print("SPSS, pyreadstat: ", read.iloc[1].astype(str).tolist(), about.original_variable_types)
print("SPSS, pandas:     ", pd.read_spss("file.sav").iloc[1].astype(str).tolist())
pyreadstat.write_xport(pd.DataFrame({"day": [dt.date(2026, 5, 1), dt.date(2026, 6, 1)]}), "file.xpt", file_format_version=5)
print("SAS, pyreadstat:  ", pyreadstat.read_xport("file.xpt")[0].iloc[1].astype(str).tolist())
print("SAS, pandas:      ", pd.read_sas("file.xpt", format="xport").iloc[1].astype(str).tolist())
PY
venv/bin/python run.py 2>/dev/null | tee seen
cat > expected <<'TXT'
Stata, pyreadstat: ['2026-06-01', '797.0', '265.0'] {'day': '%td', 'month': '%tm', 'quarter': '%tq'}
Stata, pandas:     ['2026-06-01', '2026-06-01', '2026-04-01']
SPSS, pyreadstat:  ['2026-06-01', '13999651200.0'] {'day': 'DATE11', 'month': 'MOYR8'}
SPSS, pandas:      ['2026-06-01', '13999651200.0']
SAS, pyreadstat:   ['2026-06-01']
SAS, pandas:       ['24258.0']
TXT
echo "pyreadstat 1.3.7, pandas 2.3.3: which dates are dates depends on the format of the column, the kind of file and the reader."
echo "Why it matters here: a month of service is a number that no reader takes for a date. As days since 1970, 797 is March 8, 1972; as a month of Stata it is June 2026; waits between two such columns are off by thirty."
echo "The product makes dates of these formats of Stata and SPSS itself."
cmp -s seen expected
