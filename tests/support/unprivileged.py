"""Running the program without the powers of root, as whom tests often run: permissions must matter."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

_WITHOUT = "--bounding-set=-dac_override,-dac_read_search"


def triage_without_powers(folder: Path, *arguments: str, text: str = "") -> subprocess.CompletedProcess[str]:
    """Run a command in a folder, without root's power to pass over permissions; skip where that cannot be."""
    command = [sys.executable, "-m", "triage", *arguments]
    if not hasattr(os, "geteuid"):
        pytest.skip("there are no such permissions here")
    if os.geteuid() == 0:
        setpriv = shutil.which("setpriv")
        if setpriv is None:
            pytest.skip("root may do everything, and nothing here can take that away")
        command = [setpriv, _WITHOUT, *command]
    return subprocess.run(
        command, input=text, capture_output=True, text=True, timeout=120, check=False, cwd=folder
    )
