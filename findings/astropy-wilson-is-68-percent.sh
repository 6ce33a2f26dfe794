#!/usr/bin/env sh
# The Wilson interval of 8 of 20 is 30% to 51% in astropy and 22% to 61% in statsmodels and scipy; the Poisson interval of no events is 0 to 0.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check astropy==7.2.0 statsmodels==0.14.6 scipy==1.16.3 numpy==2.3.5
cat > run.py <<'PY'
from astropy.stats import binom_conf_interval, poisson_conf_interval
from scipy.stats import binomtest
from statsmodels.stats.proportion import proportion_confint
def shown(limits):
    return " to ".join(f"{100 * float(one):.0f}%" for one in limits)
print("astropy:", shown(binom_conf_interval(8, 20, interval="wilson")))
print("statsmodels:", shown(proportion_confint(8, 20, method="wilson")))
print("scipy:", shown(binomtest(8, 20).proportion_ci(method="wilson")))
print("astropy, 95%:", shown(binom_conf_interval(8, 20, confidence_level=0.95, interval="wilson")))
print("no events:", poisson_conf_interval(0).tolist(), "4 events:", poisson_conf_interval(4).tolist())
PY
venv/bin/python run.py 2>/dev/null | tee seen
cat > expected <<'TXT'
astropy: 30% to 51%
statsmodels: 22% to 61%
scipy: 22% to 61%
astropy, 95%: 22% to 61%
no events: [0.0, 0.0] 4 events: [2.0, 6.0]
TXT
echo "astropy 7.2.0, binom_conf_interval and poisson_conf_interval: one standard deviation (68.27%) unless a level is given, and n plus or minus its root for counts."
echo "Why it matters here: 'Wilson interval' reads as 95%. With these limits every third gap that is chance is called clear, and a site without a complaint is certain to have none."
echo "Limits on pages here are 95%, and say so; counts below 10 have exact ones."
cmp -s seen expected
