"""The process of the stack's Snowflake: fakesnow's server, with its databases in files.

fakesnow's own command line keeps the databases of its server in memory.
"""

import sys
from importlib import import_module

import uvicorn
from fakesnow.instance import FakeSnow

if __name__ == "__main__":
    host, port, directory = sys.argv[1:]
    server = import_module("fakesnow.server")  # `fakesnow.server` is a function, too
    vars(server)["shared_fs"] = FakeSnow(db_path=directory)
    uvicorn.run(server.app, host=host, port=int(port), timeout_graceful_shutdown=2)
