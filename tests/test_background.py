"""The suite passes where a shell has it run in the background."""

import os
import subprocess
import sys
from pathlib import Path

from tests.processes import PATIENCE

_INTERRUPTING = """
import signal, subprocess, sys
from tests import processes

if "hearing" in sys.argv:
    processes.hear_interrupts()
command = [sys.executable, "-c", "import time; print('begun', flush=True); time.sleep(2)"]
with processes.started(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
    process.stdout.readline()
    process.send_signal(signal.SIGINT)
    print(process.wait(60))
"""


def test_what_tests_start_hears_ctrl_c_where_it_was_ignored() -> None:
    root = Path(__file__).parent.parent
    variables = {**os.environ, "PYTHONPATH": f"{root / 'src'}:{root}"}
    told = []
    for words in ((), ("hearing",)):
        command = [sys.executable, "-c", _INTERRUPTING, *words]
        done = subprocess.run(
            ["/bin/sh", "-c", "trap '' INT; exec \"$@\"", "sh", *command],
            env=variables,
            capture_output=True,
            text=True,
            check=True,
            timeout=PATIENCE,
        )
        told.append(int(done.stdout))
    assert told[0] == 0, "what is started in the background does not hear it"
    assert told[1] == -2
