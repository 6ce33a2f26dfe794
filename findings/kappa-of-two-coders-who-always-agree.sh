#!/usr/bin/env sh
# Two coders who agree on every answer have a kappa of nan, of 1, or none, by which package is asked.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check scikit-learn==1.9.1 statsmodels==0.15.0 nltk==3.10.4 irrCAC==0.4.4
cat > run.py <<'PY'
import pandas as pd
from nltk.metrics.agreement import AnnotationTask
from irrCAC.raw import CAC
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats.inter_rater import cohens_kappa, fleiss_kappa
answers = ["waited too long"] * 12
print("scikit-learn ", cohen_kappa_score(answers, answers))
print("statsmodels  ", cohens_kappa([[12, 0], [0, 0]]).kappa, fleiss_kappa([[2, 0]] * 12))
print("nltk         ", AnnotationTask([(coder, number, answer) for coder in "ab" for number, answer in enumerate(answers)]).kappa())
try:
    print("irrCAC       ", CAC(pd.DataFrame({"a": answers, "b": answers})).fleiss()["est"])
except ZeroDivisionError as error:
    print("irrCAC       ", type(error).__name__)
PY
venv/bin/python -W ignore run.py | tee seen
cat > expected <<'TXT'
scikit-learn  nan
statsmodels   nan nan
nltk          1.0
irrCAC        ZeroDivisionError
TXT
echo "scikit-learn 1.9.1, statsmodels 0.15.0, nltk 3.10.4, irrCAC 0.4.4: where only one label was ever given, agreement by chance is full too, and 0/0 is answered in three ways."
echo "Why it matters here: the theme that all clients of a focus group raise is the one that both coders always find. A filter for kappa of .6 and more drops it; a mean over themes becomes nan."
echo "Our pages say how many excerpts both coders gave the same theme, beside kappa or without it."
cmp -s seen expected
