"""`python -m dw_simulator` is `dw-sim`."""

from dw_simulator.interfaces.cli.main import run

run()
