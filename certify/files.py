"""Opening the files a user names."""

from __future__ import annotations

from pathlib import Path

from certify.errors import UsageError


def read_utf8(path: Path) -> bytes:
    """The content of a text file, known to be UTF-8. Raises UsageError when it cannot be read or is something else."""
    content = read_bytes(path)
    try:
        content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise UsageError(
            f"{path}, line {line}: byte 0x{content[error.start]:02x} is not UTF-8 text; save the file as UTF-8"
        ) from None
    return content


def read_bytes(path: Path) -> bytes:
    """The content of a file. Raises UsageError when there is none."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise UsageError(f"{path}: no such file") from None
    except IsADirectoryError:
        raise UsageError(f"{path}: is a directory; expected a file") from None
    except (OSError, ValueError) as error:
        raise UsageError(f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}") from None
