"""The last look at what is handed out: pages, PDFs, releases. Whatever has a finding stays out; the reasons are reported."""

from acmlib.publish.scan.door import Door
from acmlib.publish.scan.files import scan_release
from acmlib.publish.scan.hidden import Withheld
from acmlib.publish.scan.page import scan_page
from acmlib.publish.scan.pdf import scan_pdf
from acmlib.publish.scan.secrets import Secrets, gather_secrets, machine_secrets

__all__ = ["Door", "Secrets", "Withheld", "gather_secrets", "machine_secrets", "scan_page", "scan_pdf", "scan_release", "scan_texts"]
