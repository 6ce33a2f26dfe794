"""Hostile texts in every place of a contract, in Chromium, with and without the page's policy: on a page they are words.

make attacks
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hostile import conftest as hostile

#: What each of the places says in turn; `{0}` is the number of the place.
PAYLOADS = {
    "script": hostile.PAYLOAD,
    "styles": 'H{0:02d}H </style><style>@import "https://evil.example/{0}.css";*{{{{background:url(https://evil.example/{0})}}}}</style> expression(1) H{0:02d}E',  # noqa: E501
    "addresses": 'H{0:02d}H <a href="javascript:window.ran={0}">a</a> [b](vbscript:x) <img src="data:text/html,<script>{0}</script>"> ![c](https://evil.example/{0}) H{0:02d}E',  # noqa: E501
    "ends": "H{0:02d}H ]]></svg></math></title></textarea></noscript>--><script>window.ran={0}</script><base href=//evil.example><meta http-equiv=refresh content=0> H{0:02d}E",  # noqa: E501
    "controls": "H{0:02d}H \u202e\u2066\u200b\ufeff\u2028 {{{{config}}}} {{% raw %}} ${{{{7*7}}}} #{{{{7}}}} &lt;script&gt; &#60;b&#62; `x` **b** H{0:02d}E",  # noqa: E501
}
POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')


@pytest.mark.parametrize("name", PAYLOADS)
def test_hostile_texts_are_words_on_every_page(name, browser, repository: Path, warm, tmp_path_factory, monkeypatch):
    monkeypatch.setattr(hostile, "PAYLOAD", PAYLOADS[name])
    monkeypatch.setattr(hostile.Hostile.__call__, "__defaults__", (PAYLOADS[name],))
    attacked = hostile.attacked.__wrapped__(tmp_path_factory, repository, warm)
    assert attacked.failures == ()
    did: list[str] = []
    context = browser.new_context()
    for file in attacked.pages:
        text = file.read_text(encoding="utf-8")
        for number, content in enumerate((text, POLICY.sub("", text))):
            copy = file.with_name(f".{number}-{file.name}")
            copy.write_text(content, encoding="utf-8")
            page = context.new_page()
            page.on("dialog", lambda dialog: (did.append(dialog.message), dialog.dismiss()))
            page.on("request", lambda asked: None if asked.url.startswith(("file:", "data:")) else did.append(asked.url[:80]))
            page.goto(copy.as_uri())
            assert page.evaluate("window.ran") is None
            assert page.evaluate("document.querySelectorAll('script, iframe, object, embed, form, base, [onerror], [onload]').length") == 0
            assert page.evaluate("getComputedStyle(document.body).display") != "none"
            page.close()
    context.close()
    print(f"\n{name}: {len(attacked.places)} places, {len(attacked.pages)} pages, with and without policy: {len(did)} did anything")  # noqa: T201
    assert did == []
