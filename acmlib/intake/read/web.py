"""Files at https:// addresses."""

from __future__ import annotations

import base64
import http.client
import ssl
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote_plus, urlsplit, urlunsplit

from acmlib.intake.read.files import CHUNK, ENDINGS, SourceError, UnreachableError

#: Seconds to wait for a server; bytes of the largest file that is fetched.
PATIENCE, LARGEST = 30, 1 << 33

#: Ending of a file by what its server calls it, where the address has none.
_ENDINGS = {
    "text/csv": ".csv", "application/csv": ".csv", "text/tab-separated-values": ".tsv", "application/json": ".json",
    "application/geo+json": ".geojson", "application/vnd.geo+json": ".geojson", "application/x-ndjson": ".jsonl",
    "application/zip": ".zip", "application/vnd.apache.parquet": ".parquet", "application/vnd.ms-excel": ".xls",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/vnd.oasis.opendocument.spreadsheet": ".ods",
}  # fmt: skip


def fetch_file(address: str, place: Path, *, before: Mapping[str, Any]) -> tuple[str, dict[str, str]]:
    """Fetch a file, unless its server says that it is as it was.

    Parameters
    ----------
    address : str
        Of the file; a user name and a password in it are sent as HTTP basic authentication.
    place : Path
        Where it is written. There is no file there afterwards if nothing has changed.
    before : mapping
        What was returned when it was fetched last; empty if there is no copy.

    Returns
    -------
    ending : str
        Of the file's name: what kind of file it is.
    about : dict
        What the server calls this version.

    Raises
    ------
    UnreachableError
        If the server does not answer.
    SourceError
        If it answers with something else than a file.
    """
    parts = urlsplit(address)
    bare = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
    headers = {"User-Agent": "acm-workbooks", "Accept": "*/*"}
    if parts.password:
        pair = f"{unquote_plus(parts.username or '')}:{unquote_plus(parts.password)}"
        headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
    headers |= {name: before[key] for name, key in (("If-None-Match", "etag"), ("If-Modified-Since", "modified")) if before.get(key)}
    opener = urllib.request.build_opener(_Redirects)
    try:
        with opener.open(urllib.request.Request(bare, headers=headers), timeout=PATIENCE) as answer:  # noqa: S310 -- https, or this machine
            ending = _ending(parts.path, answer.headers.get_content_type())
            _write(answer, place)
            told = {"etag": answer.headers.get("ETag", ""), "modified": answer.headers.get("Last-Modified", ""), "ending": ending}
            return ending, told
    except urllib.error.HTTPError as error:
        if error.code == 304:
            return str(before.get("ending", "")), {key: before[key] for key in ("etag", "modified", "ending") if key in before}
        raise _refused(error.code) from None
    except (urllib.error.URLError, OSError, http.client.HTTPException) as error:
        if isinstance(getattr(error, "reason", error), ssl.SSLCertVerificationError):
            raise SourceError("has a certificate that cannot be trusted; check the address, or ask who runs the server") from None
        raise UnreachableError("cannot be reached; look whether the computer is online and the address is right") from None


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows a server elsewhere, but never from https to an address that others can read on its way."""

    def redirect_request(self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> urllib.request.Request | None:
        if urlsplit(req.full_url).scheme == "https" and urlsplit(newurl).scheme != "https":
            raise SourceError("leads on to an address that does not begin with https://; ask for the address of the file itself")
        request = super().redirect_request(req, fp, code, msg, headers, newurl)
        if request is not None and urlsplit(newurl).netloc != urlsplit(req.full_url).netloc:
            request.remove_header("Authorization")
        return request


def _ending(path: str, kind: str) -> str:
    if kind == "text/html":
        raise SourceError("is a page, not a file: perhaps one to log in on; open it in a browser, and give the address of its download")
    found = next((ending for ending in sorted(ENDINGS, key=len, reverse=True) if path.lower().endswith(ending)), _ENDINGS.get(kind))
    if found is None:
        raise SourceError(f"is of a kind that cannot be read ({kind}); use an address that ends in {', '.join(ENDINGS)}")
    return found


def _write(answer: Any, place: Path) -> None:
    expected, written = answer.headers.get("Content-Length"), 0
    with place.open("wb") as out:
        while chunk := answer.read(CHUNK):
            written += len(chunk)
            if written > LARGEST:
                raise SourceError(f"is larger than {LARGEST >> 30} GiB; download it, and name the file")
            out.write(chunk)
    if expected is not None and int(expected) != written:
        raise UnreachableError("broke off before its end; run it again")


def _refused(code: int) -> SourceError:
    if code in (401, 403):
        return SourceError(f"is not for everybody (HTTP {code}); put the key into an environment variable, and write it as ${{NAME}}")
    if code in (404, 410):
        return SourceError(f"is not there (HTTP {code}); open the address in a browser, and correct it")
    if code == 429 or code >= 500:
        return UnreachableError(f"has a server that cannot answer now (HTTP {code}); run it again later")
    return SourceError(f"is refused by its server (HTTP {code}); open the address in a browser, and correct it")
