#!/usr/bin/env sh
# In plotnine, limits of an axis take out the rows beyond them before the mean is worked out: the bar gets smaller, not cut.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check plotnine==0.15.9 pandas==3.1.1 matplotlib==3.11.2
cat > run.py <<'PY'
import numpy as np
import pandas as pd
from plotnine import aes, coord_cartesian, ggplot, stat_summary, ylim
days = pd.DataFrame({"site": ["North"] * 4 + ["South"] * 4, "wait": [10, 12, 14, 84, 20, 20, 22, 22]})
def heights(*limits):
    plot = ggplot(days, aes("site", "wait")) + stat_summary(fun_y=np.mean, geom="col")
    for one in limits:
        plot = plot + one
    figure = plot.draw()
    return [float(path.vertices[:, 1].max()) for shapes in figure.axes[0].collections for path in shapes.get_paths()]
print("as it is:          ", heights())
print("ylim(0, 60):       ", heights(ylim(0, 60)))
print("coord_cartesian:   ", heights(coord_cartesian(ylim=(0, 60))))
PY
venv/bin/python -W ignore run.py | tee seen
cat > expected <<'TXT'
as it is:           [30.0, 21.0]
ylim(0, 60):        [12.0, 21.0]
coord_cartesian:    [30.0, 21.0]
TXT
echo "plotnine 0.15.9: scales come before statistics, as in ggplot2; coord_cartesian only zooms. A warning says how many rows went, not that a mean changed."
echo "Why it matters here: North waits 30 days and is worse than South; with an axis of two months for both it waits 12 and is better."
echo "Figures of the library are drawn from numbers that are worked out before (report.by_group), where an axis can cut a bar and not change it."
cmp -s seen expected
