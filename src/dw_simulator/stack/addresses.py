"""The addresses of the stack's services, as the variables by which everybody finds them."""

from collections.abc import Collection, Mapping
from pathlib import Path
from urllib.parse import quote

from dw_simulator.stack.state import HOST, StackFiles, State

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
    files = StackFiles(home)
    state = files.read()
    return variables(state, files.running()) if state else {}
