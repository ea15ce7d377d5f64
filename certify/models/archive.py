"""Members of a zip archive, each known to be small before it is unpacked."""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import Path

from certify.errors import UsageError, repeated
from certify.files import read_bytes
from certify.models.tensors import MOST_BYTES

_MOST_MEMBERS = 10_000


def read_archive(path: Path) -> dict[str, bytes]:
    """The content of every member by its name, in the order of the archive.

    Raises:
        UsageError: not a zip archive, damaged, compressed by something else than deflate, names that occur twice, or
            larger than MOST_BYTES when unpacked.
    """
    try:
        with zipfile.ZipFile(BytesIO(read_bytes(path))) as archive:
            members = archive.infolist()
            if twice := repeated(member.filename for member in members):
                raise UsageError(f"{path}: the member {twice!r} occurs twice in the archive")
            if len(members) > _MOST_MEMBERS or sum(member.file_size for member in members) > MOST_BYTES:
                raise UsageError(f"{path}: too large when unpacked; at most {MOST_BYTES:,} bytes are read")
            return {member.filename: _content(path, archive, member) for member in members}
    except UsageError:
        raise
    except Exception as error:  # a damaged archive can fail anywhere in zipfile and the decompressors
        raise UsageError(f"{path}: not a zip archive, or damaged: {error}") from None


def _content(path: Path, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """What the member holds; the directory of an archive may lie about sizes, so no more is unpacked than it says."""
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        # the other decompressors of zipfile unpack all that they are given, however little is asked of them
        raise UsageError(f"{path}: the member {member.filename!r} is compressed in an unusual way; expected deflate")
    with archive.open(member) as stream:
        content = stream.read(member.file_size + 1)
    if len(content) != member.file_size:
        raise UsageError(f"{path}: the member {member.filename!r} is not as long as the archive says")
    return content
