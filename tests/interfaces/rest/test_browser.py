"""The documentation page in a browser, where this machine has one."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from tests.interfaces.rest.serving import in_thread

from dw_simulator.interfaces.rest.app import OPERATIONS
from dw_simulator.settings import Settings

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@pytest.mark.skipif(BROWSER is None, reason="there is no browser here")
def test_the_page_shows_every_operation_with_no_network(tmp_path: Path) -> None:
    with in_thread(Settings(home=tmp_path / "home")) as server:
        words = [
            str(BROWSER),
            "--headless",
            "--disable-gpu",
            *(["--no-sandbox"] if os.name == "posix" and os.geteuid() == 0 else []),
            "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
            "--virtual-time-budget=10000",
            f"--user-data-dir={tmp_path / 'browser'}",
            "--dump-dom",
            f"{server}/docs",
        ]
        page = subprocess.run(words, capture_output=True, text=True, check=True, timeout=60).stdout
    assert set(re.findall(r'data-path="([^"]*)"', page)) == {operation.path for operation in OPERATIONS}
    loaded = re.findall(r'(?:src|href)="(https?://[^"]*)"', page)
    assert all(address.startswith(server) for address in loaded), loaded
