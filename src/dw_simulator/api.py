"""`app`, for uvicorn: `uvicorn dw_simulator.api:app`."""

from dw_simulator.interfaces.rest.app import make_app

app = make_app()
