"""Notebook x contract x period x edition x language -> page: jobs, the runner, the exporter, the scan of a finished page, the index."""

import sys

# jupyterlab brings `rfc3987_syntax`, which builds 35 grammars when it is imported: 2 s in every process that touches nbformat,
# for a check of web addresses that notebooks do not need. jsonschema goes without when the import fails, and None makes it fail.
# It must stand before the first import of anything of Jupyter, and every such import of ours is in this package.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]

# papermill brings boto3 and Azure's libraries, where they are installed, to read notebooks from storages: ours are files.
for _store in ("papermill.s3", "papermill.abs", "papermill.adl"):
    sys.modules.setdefault(_store, None)  # type: ignore[arg-type]
