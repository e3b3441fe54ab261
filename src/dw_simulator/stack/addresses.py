"""The addresses of the stack's services, as the variables by which everybody finds them."""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from dw_simulator.errors import RequestError
from dw_simulator.stack.state import HOST, Place, State

USER = "dw_sim"
DATABASE = "dev"
SNOWFLAKE_DATABASE = "DW_SIM"
BUCKET = "dw-sim-staging"
REGION = "us-east-1"


def variables(state: State, running: Collection[str]) -> dict[str, str]:
    """What points a program at the services that run."""
    password = quote(state.password, safe="")
    found: dict[str, str] = {}
    if "postgres" in running:
        port = state.ports["postgres"]
        found["DW_SIM_REDSHIFT_URL"] = f"postgresql://{USER}:{password}@{HOST}:{port}/{DATABASE}"
    if "snowflake" in running:
        server = f"host={HOST}&port={state.ports['snowflake']}&protocol=http"
        found["DW_SIM_SNOWFLAKE_URL"] = (
            f"snowflake://{USER}:{password}@local/{SNOWFLAKE_DATABASE}/PUBLIC?{server}"
        )
    if "s3" in running:
        found |= {
            "DW_SIM_STAGE_URL": f"s3://{BUCKET}",
            "AWS_ENDPOINT_URL": f"http://{HOST}:{state.ports['s3']}",
            "AWS_ACCESS_KEY_ID": USER,
            "AWS_SECRET_ACCESS_KEY": state.password,
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,  # the name by which boto3 knows it
        }
    return found


def of_home(home: Path) -> Mapping[str, str]:
    """The variables of the stack of a home, as far as it runs."""
    place = Place(home)
    state = place.read()
    return variables(state, place.running()) if state else {}


def snowflake_arguments(url: str) -> dict[str, Any]:
    """From `snowflake://user:password@account/database/schema?name=value` to `snowflake.connector.connect`.

    Whatever else the connector takes (host, port, protocol, warehouse, role) comes as name=value. Raises
    RequestError where the URL has another form; the message leaves the password out.
    """
    try:
        parts = urlsplit(url)
        account = parts.hostname
    except ValueError:
        parts, account = urlsplit(""), None
    database, _, schema = parts.path.strip("/").partition("/")
    if parts.scheme != "snowflake" or not account or not parts.username or "/" in schema:
        raise RequestError("the Snowflake URL should be snowflake://user:password@account/database/schema")
    named: dict[str, Any] = {
        "user": unquote(parts.username),
        "password": unquote(parts.password or ""),
        "account": account,
        "database": unquote(database),
        "schema": unquote(schema),
        "platform_detection_timeout_seconds": 0.0,  # else it asks every cloud whether it runs there
        **dict(parse_qsl(parts.query)),
    }
    if "port" in named:
        named["port"] = int(named["port"])
    return {name: value for name, value in named.items() if value != ""}
