"""Sources at https:// addresses, from a server that is started here."""

from __future__ import annotations

import datetime as dt
import http.server
import json
import ssl
import threading

import pytest

from acmlib.contract.errors import ContractError

CSV = "id,site,entered\n1,North,2025-01-31\n2,South,\n"


class Server(http.server.ThreadingHTTPServer):
    """Answers with `content` under every path but those of `_Answers`; `asked` holds the headers of each request."""

    content, kind, etag = CSV, "text/csv", '"1"'

    def __init__(self, context=None):
        super().__init__(("127.0.0.1", 0), _Answers)
        self.asked = []
        if context:
            self.socket = context.wrap_socket(self.socket, server_side=True)
        self.address = f"{'https' if context else 'http'}://127.0.0.1:{self.server_port}"
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def handle_error(self, *_):
        """A client that does not trust the certificate hangs up."""


class _Answers(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked.append(dict(self.headers))
        path, server = self.path.partition("?")[0], self.server
        known = {"/gone.csv": 404, "/closed.csv": 401, "/busy.csv": 503}
        status = known.get(path, 304 if self.headers.get("If-None-Match") == server.etag else 200)
        self.send_response(301 if path == "/moved.csv" else status)
        if path == "/moved.csv":
            self.send_header("Location", "/people.csv")
        body = server.content.encode() if status == 200 and path != "/moved.csv" else b""
        self.send_header("Content-Type", "text/html; charset=utf-8" if path == "/login.csv" else server.kind)
        self.send_header("ETag", server.etag)
        self.send_header("Content-Length", str(len(body) + (50 if path == "/short.csv" else 0)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture
def server():
    made = Server()
    yield made
    made.shutdown()
    made.server_close()


def people(address):
    return f"tables: {{people: {{source: '{address}', id: id}}}}\n"


def test_a_file_is_fetched_when_it_changed_and_its_copy_has_a_hash(bench, rows, server):
    first = bench.open(people(f"{server.address}/people.csv?key=1"))
    assert rows(first, "SELECT id, site, entered::VARCHAR FROM people") == [("1", "North", "2025-01-31"), ("2", "South", None)]
    (given,) = first.inputs
    assert (given.path, given.rows) == (f"{server.address}/people.csv", 2) and len(given.sha256) == 64
    server.content = CSV + "3,East,\n"
    assert rows(bench.open(people(f"{server.address}/people.csv?key=1")), "SELECT count(*) FROM people") == [
        (2,)
    ]  # the server says: as before
    server.etag = '"2"'
    again = bench.open(people(f"{server.address}/people.csv?key=1"))
    assert rows(again, "SELECT count(*) FROM people") == [(3,)] and again.inputs[0].sha256 != given.sha256
    assert [one.get("If-None-Match") for one in server.asked] == [None, '"1"', '"1"']


@pytest.mark.parametrize("trouble", ["away", "/busy.csv"])
def test_without_the_server_the_copy_is_read_and_its_day_said(bench, rows, server, trouble, monkeypatch):
    bench.open(people(f"{server.address}/people.csv"))
    about = next((bench.root / "working/sources").glob("about-*.json"))
    about.write_text(json.dumps(json.loads(about.read_text()) | {"fetched": "2025-03-04T05:06:07+00:00"}))
    if trouble == "away":
        server.shutdown()
        server.server_close()
    else:
        monkeypatch.setattr(_Answers, "path", property(lambda _: trouble, lambda *_: None), raising=False)
    tables = bench.open(people(f"{server.address}/people.csv"))
    assert rows(tables, "SELECT count(*) FROM people") == [(2,)]
    (found,) = tables.noticed
    assert found.severity == "warning"
    assert str(found.what) == f"{server.address}/people.csv could not be reached; its copy of 2025-03-04 was read"


def test_the_kind_of_file_is_told_by_the_server_where_the_address_does_not(bench, rows, server):
    server.kind, server.content = "application/json", json.dumps([{"id": "1"}, {"id": "2"}])
    assert rows(bench.open(people(f"{server.address}/resource?$limit=5000")), "SELECT count(*) FROM people") == [(2,)]


@pytest.mark.parametrize(("path", "said"), [
    ("/gone.csv", r"is not there \(HTTP 404\)"),
    ("/closed.csv", r"is not for everybody \(HTTP 401\)"), ("/login.csv", "is a page, not a file"),
    ("/busy.csv", "cannot answer now"), ("/short.csv", "broke off before its end"), ("/people.csv?key=${NO_KEY}", "variable NO_KEY"),
])  # fmt: skip
def test_what_is_no_file_is_said_with_what_to_do(bench, server, path, said):
    with pytest.raises(ContractError, match=said) as told:
        bench.open(people(server.address + path))
    assert f"tables.people.source is '{server.address}{path.partition('?')[0]}'" in str(told.value)
    assert not list((bench.root / "working/sources").glob("*.csv"))


def test_keys_come_from_the_environment(bench, rows, server, monkeypatch):
    monkeypatch.setenv("CITY_PASSWORD", "s3cret/+")
    address = server.address.replace("//", "//me:${CITY_PASSWORD}@")
    assert rows(bench.open(people(f"{address}/moved.csv")), "SELECT count(*) FROM people") == [(2,)]
    assert [one.get("Authorization") for one in server.asked] == ["Basic bWU6czNjcmV0Lys="] * 2
    assert not [path for path in (bench.root / "working/sources").iterdir() if b"s3cret" in path.read_bytes()]


def test_a_certificate_must_be_trusted(bench, rows, tmp_path, monkeypatch):
    place = _certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(place)
    server = Server(context)
    try:
        with pytest.raises(ContractError, match="has a certificate that cannot be trusted"):
            bench.open(people(f"{server.address}/people.csv"))
        monkeypatch.setenv("SSL_CERT_FILE", str(place))
        assert rows(bench.open(people(f"{server.address}/people.csv")), "SELECT count(*) FROM people") == [(2,)]
    finally:
        server.shutdown()
        server.server_close()


def _certificate(folder):
    """Return a file with a key and a certificate of this machine, signed by nobody but itself."""
    import ipaddress

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key, now = ec.generate_private_key(ec.SECP256R1()), dt.datetime.now(dt.UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
    made = (
        made.not_valid_before(now - dt.timedelta(days=1)).not_valid_after(now + dt.timedelta(days=1)).add_extension(names, critical=False)
    )
    pem = serialization.Encoding.PEM
    place = folder / "server.pem"
    text = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    place.write_bytes(text + made.sign(key, hashes.SHA256()).public_bytes(pem))
    return place
