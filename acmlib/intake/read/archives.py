"""ZIP archives: the files in them, unpacked into the private folder."""

from __future__ import annotations

import secrets
import shutil
import zipfile
from pathlib import Path, PurePosixPath

from acmlib.intake.read.files import CSV_ENDINGS, MAX_FILES, SourceError, SourceFile

#: An archive that unpacks to more bytes than this is refused.
MAX_UNPACKED = 1 << 33


def unpacked(file: SourceFile, folder: Path) -> list[SourceFile]:
    """Unpack the CSV files of an archive, or the one that the source names after a #.

    Raises
    ------
    SourceError
        If it is no archive, holds no CSV file, needs a password, or unpacks to too much.
    """
    try:
        with zipfile.ZipFile(file.path) as packed:
            parts = [part for part in packed.infolist() if part.filename.lower().endswith(CSV_ENDINGS) and not _is_hidden(part.filename)]
            named = [part for part in parts if file.sheet in (None, part.filename, PurePosixPath(part.filename).name)]
            if not named:
                held = ", ".join(part.filename for part in packed.infolist()[:8])
                raise SourceError(f"holds no {file.sheet or 'CSV file'}; it holds {held}")
            if len(named) > MAX_FILES or sum(part.file_size for part in named) > MAX_UNPACKED:
                raise SourceError("unpacks to too much; send the files one by one")
            found = []
            for part in named:
                place = folder / f"{secrets.token_hex(8)}{PurePosixPath(part.filename).suffix.lower()}"
                with packed.open(part) as inside, place.open("wb") as out:
                    shutil.copyfileobj(inside, out)
                found.append(SourceFile(place, f"{file.name}#{part.filename}", "csv"))
            return found
    except SourceError:
        raise
    except (zipfile.BadZipFile, RuntimeError, OSError, NotImplementedError, ValueError):
        raise SourceError("is no ZIP archive that can be read, or needs a password; send the files themselves") from None


def _is_hidden(name: str) -> bool:
    return any(part.startswith((".", "__MACOSX")) for part in PurePosixPath(name).parts)
