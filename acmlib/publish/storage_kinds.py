"""The kinds of storage that a workspace may be in, and one-line messages for what goes wrong with them."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import TracebackType
from typing import Any


@dataclass(frozen=True)
class Kind:
    """A kind of storage: what to install for it, where its credentials are looked for, and options of its library."""

    install: str
    credentials: str
    options: dict[str, Any] = field(default_factory=dict)


_OURS = "'acm-workbooks[storage]'"
_AWS = "set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give the machine a role"
_GOOGLE = "set GOOGLE_APPLICATION_CREDENTIALS to a key file, or give the machine a service account"
_AZURE = "set AZURE_STORAGE_ACCOUNT_NAME and AZURE_STORAGE_ACCOUNT_KEY, or AZURE_STORAGE_CONNECTION_STRING"

#: Storages that can be used: those that write an object only if there is none, and web servers, which are only read.
KINDS = {
    "s3": Kind(_OURS, _AWS, {"config_kwargs": {"retries": {"mode": "standard", "max_attempts": 2}}}),
    "gs": Kind("gcsfs", _GOOGLE, {"token": "google_default"}),
    "abfs": Kind("adlfs", _AZURE, {"anon": False}),
    "https": Kind(_OURS, "the server must let everybody read"),
    "http": Kind(_OURS, "the server must let everybody read"),
}


class StorageError(OSError):
    """The storage cannot be reached or used; the message says what to do."""

    def __init__(self, message: str) -> None:
        super().__init__(0, message)


def kind_of(url: str) -> Kind:
    """Return the kind of storage that an address is of.

    Raises
    ------
    StorageError
        If it is of none.
    """
    name, _, place = url.partition("://")
    if name not in KINDS or not place:
        raise StorageError(f"--root {url}: is no address of a storage; use s3://BUCKET/FOLDER, gs://, abfs:// or https://")
    return KINDS[name]


#: Errors of the libraries of storages, by name: none of these libraries need be installed.
_NOBODY = {"NoCredentialsError", "PartialCredentialsError", "DefaultCredentialsError", "ClientAuthenticationError"}
_SILENT = {
    "EndpointConnectionError",
    "ClientConnectorError",
    "ConnectTimeoutError",
    "ConnectionError",
    "TimeoutError",
    "ServiceRequestError",
}


class StorageMessages:
    """Turns the errors of the storage libraries, each with its own classes, into one-line messages."""

    def __init__(self, url: str) -> None:
        self.url = url

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if isinstance(error, Exception) and not isinstance(error, StorageError):
            raise StorageError(f"{self.url}: {_advice(error, kind_of(self.url))}") from error


def _advice(error: BaseException, kind: Kind) -> str:
    """Return what went wrong with the storage, and what to do."""
    chain = [error]
    while (deeper := chain[-1].__cause__ or chain[-1].__context__) is not None and deeper not in chain:
        chain.append(deeper)
    names = {one.__name__ for link in chain for one in type(link).__mro__}
    told = " ".join(map(str, chain)).lower()
    said = str(error).splitlines()[0] if str(error) else type(error).__name__
    denied = "PermissionError" in names or "forbidden" in told or getattr(error, "status", 0) in (401, 403)
    advice: tuple[tuple[bool, str], ...] = (
        ("ImportError" in names, f"needs a package that is not installed; on every machine: pip install {kind.install}"),
        (bool(_NOBODY & names) or "must provide either a connection_string" in told, f"no credentials were found; {kind.credentials}"),
        ("tooskewed" in told or "request time and the current time" in told,
         "the storage refuses this machine because its clock is wrong; let it take the time from the network (timedatectl set-ntp true)"),
        (denied, f"access is denied ({said}); ask for the right to read and write there. For other credentials: {kind.credentials}"),
        (bool(_SILENT & names), "the storage does not answer; check address and network"),
        ("FileNotFoundError" in names, "there is no such bucket or folder; check the address"),
    )  # fmt: skip
    return next((text for fits, text in advice if fits), f"{type(error).__name__}: {said}")
