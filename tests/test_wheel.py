"""The wheel: typed, complete, and usable where nothing of the checkout is."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

_USE = """
import certify, proofs
assert "wheel" in certify.__file__, certify.__file__
result = certify.prove([[-1], [0], [1]], targets=[0, 3, 0], output_bias=True)
assert result.check().verdict is certify.Verdict.PROVED
assert proofs.check(result.instance_document, result.certificate_document).verdict is certify.Verdict.PROVED
"""
_TYPED = """
import certify, proofs
from pathlib import Path
result = certify.prove("iris.csv", activation="silu", depth=2)
reveal_type(result.verdict)
reveal_type(proofs.check(Path("i"), "{}").verdict)
certify.prove("iris.csv", depth="2")
"""


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of the wheel, as a folder to import from."""
    folder = tmp_path_factory.mktemp("built")
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder], cwd=ROOT, check=True)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "wheel")
    return folder / "wheel"


@pytest.mark.long
def test_everything_that_is_imported_or_read_is_in_the_wheel(unpacked: Path) -> None:
    for package in ("certify", "proofs"):
        assert (unpacked / package / "py.typed").is_file()
        kept = {
            p.relative_to(ROOT) for p in (ROOT / package).rglob("*") if p.is_file() and "__pycache__" not in p.parts
        }
        assert kept <= {p.relative_to(unpacked) for p in unpacked.rglob("*")}
    sources = {p.name for pattern in ("*.v", "_CoqProject") for p in (ROOT / "formal").glob(pattern)}
    assert sources <= {p.name for p in (unpacked / "formal").iterdir()}
    assert not list((unpacked / "formal").glob("*.vo"))


@pytest.mark.long
def test_the_wheel_works_without_the_checkout(unpacked: Path, tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(unpacked)}
    subprocess.run([sys.executable, "-c", _USE], cwd=tmp_path, env=environment, check=True)
    done = subprocess.run([sys.executable, "-m", "certify.cli", "doctor"], cwd=tmp_path, env=environment, check=False)
    assert done.returncode == 0


@pytest.mark.long
def test_the_types_of_the_wheel_are_seen(unpacked: Path, tmp_path: Path) -> None:
    (tmp_path / "use.py").write_text(_TYPED, "utf-8")
    environment = {**os.environ, "MYPYPATH": str(unpacked)}
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--config-file", os.devnull, "use.py"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.count('Revealed type is "proofs.kernel.Verdict"') == 2
    assert 'Argument "depth" to "prove" has incompatible type "str"' in done.stdout
    assert "missing library stubs or py.typed" not in done.stdout
