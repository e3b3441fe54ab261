"""Places for output that are not local directories: from a URL to an Arrow file system and a path in it.

S3 is reached as other programs reach it: credentials and profile by the usual AWS variables and files, the
region by AWS_REGION or AWS_DEFAULT_REGION, another server by AWS_ENDPOINT_URL_S3 or AWS_ENDPOINT_URL (with
the bucket in the path). Google's and Azure's stores (`gs://`, `abfs://`, `az://`) are whatever Arrow makes of
them; they have not been tried.
"""

import hashlib
import os
import re
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from urllib.parse import urlsplit

import pyarrow as pa
from pyarrow import fs

from dw_simulator.errors import OutputError, RequestError

_CONNECT_SECONDS = 5.0
_SILENCE_SECONDS = 10.0
"""How long a server may say nothing before a request counts as lost."""
_ATTEMPTS = 5
_BUFFER = 8 << 20
AT_ONCE = 16
"""So many small requests are under way at once."""

_ERRORS = (
    (
        r"NO_SUCH_BUCKET|[Bb]ucket '[^']*' not found",
        "there is no such bucket; create it, or choose another place",
    ),
    (
        r"ACCESS_DENIED|INVALID_ACCESS_KEY_ID|SIGNATURE|CLIENT_TOKEN|EXPIRED_TOKEN|status 40[13]|credential",
        "access is denied; see AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, and their rights",
    ),
    (r"status 301|REDIRECT|AUTHORIZATION_HEADER", "the bucket is in another region; set AWS_REGION"),
    (
        r"SLOW_DOWN|SERVICE_UNAVAILABLE|THROTTL|INTERNAL_FAILURE|status 5\d\d",
        "the service is not available just now; try again later",
    ),
    (
        r"NETWORK_CONNECTION|curlCode|[Tt]imed? ?out|REQUEST_TIMEOUT",
        "the server cannot be reached, or does not answer; see AWS_ENDPOINT_URL and the network",
    ),
)


@dataclass(frozen=True)
class Location:
    """Where output goes.

    url   as messages and records show it: without a slash at its end, never with credentials
    path  of the same place in the file system: "bucket/prefix"
    """

    url: str
    filesystem: fs.FileSystem
    path: str

    @property
    def container(self) -> str:
        """The bucket."""
        return self.path.partition("/")[0]

    # --- objects, by their places below it

    def path_of(self, file: str) -> str:
        """An object's path in the file system."""
        return f"{self.path}/{file}"

    def size(self, file: str) -> int | None:
        """An object's size in bytes; None where it is not there."""
        info = self.filesystem.get_file_info(self.path_of(file))
        return info.size if info.is_file else None

    def read(self, file: str) -> bytes | None:
        """The content of a small object; None where it is not there."""
        if self.size(file) is None:
            return None
        with self.input(file) as stream:
            return bytes(stream.read())

    def write(self, file: str, content: bytes) -> None:
        """Make an object, or replace it as a whole."""
        with self.output(file) as stream:
            stream.write(content)

    def input(self, file: str, *, buffered: bool = False) -> pa.NativeFile:
        """An object, to be read from its beginning. buffered: for whoever reads in small pieces."""
        size = _BUFFER if buffered else None
        return self.filesystem.open_input_stream(self.path_of(file), compression=None, buffer_size=size)

    def output(self, file: str) -> pa.NativeFile:
        """A new object, which is there when the stream is closed."""
        return self.filesystem.open_output_stream(self.path_of(file), compression=None)

    def checksum(self, file: str) -> str:
        """An object's checksum, as manifests write it."""
        digest = hashlib.sha256()
        with self.input(file) as stream:
            while data := stream.read(_BUFFER):
                digest.update(data)
        return f"sha256:{digest.hexdigest()}"

    def sizes(self, directory: str) -> dict[str, int]:
        """The sizes in bytes of all objects below a directory."""
        path = self.path_of(directory)
        selector = fs.FileSelector(path, recursive=True, allow_not_found=True)
        found = self.filesystem.get_file_info(selector)
        return {f"{directory}{info.path[len(path) :]}": info.size for info in found if info.is_file}

    def names(self) -> list[str]:
        """The names of what lies directly below it."""
        selector = fs.FileSelector(self.path, allow_not_found=True)
        return [info.base_name for info in self.filesystem.get_file_info(selector)]

    def missing(self) -> list[str]:
        """The paths of its directories, from below the bucket on, that are not there."""
        levels = self.path.split("/")
        paths = ["/".join(levels[:k]) for k in range(2, len(levels) + 1)]
        infos = self.filesystem.get_file_info(paths)
        return [info.path for info in infos if info.type is fs.FileType.NotFound]

    def delete(self, files: Iterable[str]) -> None:
        """Remove objects; those that are not there are no error."""

        def delete(file: str) -> None:
            with suppress(FileNotFoundError):
                self.filesystem.delete_file(self.path_of(file))

        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(delete, files))

    def delete_directory(self, path: str) -> None:
        """Remove what lies below a path of the file system."""
        with suppress(FileNotFoundError):
            self.filesystem.delete_dir(path)

    def delete_empty(self, path: str) -> None:
        """Remove the empty object that Arrow leaves in place of a directory."""
        selector = fs.FileSelector(path, recursive=True, allow_not_found=True)
        if not any(info.is_file for info in self.filesystem.get_file_info(selector)):
            self.delete_directory(path)


@cache  # clients are costly to make, and made to be shared
def location_of(url: str) -> Location:
    """The location of a URL. Raises RequestError for what is none, OutputError when it cannot be opened."""
    clean = checked(url)
    scheme, _, rest = clean.partition("://")
    with explained(clean):
        if scheme == "s3":
            return Location(clean, _s3(rest.partition("/")[0]), rest)
        try:
            filesystem, path = fs.FileSystem.from_uri(clean.replace("az://", "abfs://", 1))
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
            raise RequestError(f"{clean} is not a place for output: {error}") from None
        return Location(clean, filesystem, path.rstrip("/"))


def checked(url: str) -> str:
    """A URL without the slash at its end. Raises RequestError for one that no messages should show."""
    parts = urlsplit(url)
    scheme, bucket = parts.scheme.lower(), parts.netloc
    named = f"{scheme}://{bucket.rpartition('@')[2]}{parts.path}".rstrip("/")
    container = scheme.startswith(("abfs", "az")) and ":" not in bucket  # abfs://container@account/path
    if ("@" in bucket and not container) or parts.query or parts.fragment:
        told = (
            "credentials and options do not belong in a URL; give them by the environment (AWS_ACCESS_KEY_ID)"
        )
        raise RequestError(f"{named}: {told}")
    if scheme != "file" and (not bucket or any(p in ("", ".", "..") for p in parts.path.split("/")[1:-1])):
        raise RequestError(f"{named}: write it as {scheme}://bucket/prefix")
    return f"{scheme}://{bucket}{parts.path}".rstrip("/")


def _s3(bucket: str) -> fs.FileSystem:
    endpoint = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL") or ""
    region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
    server = urlsplit(endpoint if "//" in endpoint else f"https://{endpoint}")
    if endpoint and (server.username or not server.hostname):
        raise RequestError("AWS_ENDPOINT_URL: write it as http://host:port")
    return fs.S3FileSystem(
        region=region or ("us-east-1" if endpoint else fs.resolve_s3_region(bucket)),
        scheme=server.scheme,
        endpoint_override=server.netloc + server.path.rstrip("/") if endpoint else None,
        connect_timeout=_CONNECT_SECONDS,
        request_timeout=_SILENCE_SECONDS,
        retry_strategy=fs.AwsStandardS3RetryStrategy(max_attempts=_ATTEMPTS),
        # a part of 10 MB is under way at a time: in the background they would pile up without bound
        background_writes=False,
        allow_delayed_open=True,  # what is small goes in one request
    )


@contextmanager
def explained(url: str) -> Iterator[None]:
    """The errors of a file system in this project's words: the place, what is wrong, what mends it."""
    try:
        yield
    except OSError as error:
        said = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        told = next((mend for pattern, mend in _ERRORS if re.search(pattern, str(error))), said)
        raise OutputError(f"{url}: {told}") from error
