"""Checksums of contents and of schemas, as manifests and stores write them: `sha256:` and 64 hex digits."""

import hashlib
import json

from dw_simulator.schema.json_data import Json
from dw_simulator.schema.model import Experiment


def checksum(content: bytes) -> str:
    """The checksum of a file's content."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def json_checksum(value: Json) -> str:
    """Equal for equal JSON, whatever the order of its keys. Any mapping counts as an object."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), default=dict)
    return checksum(text.encode())


def schema_hash(experiment: Experiment) -> str:
    """Equal for equal schemas, whatever the order of the keys in their documents."""
    return json_checksum(experiment.to_json())
