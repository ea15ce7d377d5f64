"""Manners on a terminal: colours, progress, interrupts, and silence where it is wanted."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from certify.cli import COMMANDS
from certify.progress import Progress
from tests.running import EXAMPLES, Written, certify, proved
from tests.terminal import ROOT, on_terminal, rest, start

THREE = EXAMPLES / "three-points.toml"
TRAINED = EXAMPLES / "trained"
WAVE = ("examine", TRAINED / "wave-stuck.npz", "--data", TRAINED / "wave.csv", "--target", "y", "--activation", "tanh")
SLOW = """
import certify.build, time
def slow(problem, report):
    report("searching a residual: iteration 12 [1/2]")
    time.sleep({seconds})
    raise SystemExit(7)
import certify.api
certify.api.build = slow
"""


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> Written:
    return proved(tmp_path_factory.mktemp("three"), THREE)


def files(written: Written) -> tuple[Path, Path]:
    return written.folder / "instance.json", written.folder / "certificate.json"


def false(written: Written, folder: Path, **changes: object) -> Path:
    """The certificate with some fields of its claim changed."""
    certificate = written.certificate
    certificate["claim"] |= changes
    (folder / "false.json").write_text(json.dumps(certificate), "utf-8")
    return folder / "false.json"


def test_verdicts_have_colours_on_a_terminal(three: Written, tmp_path: Path) -> None:
    code, shown = on_terminal("check", *files(three))
    assert code == 0
    assert shown.endswith("\x1b[1;32mPROVED\x1b[0m  local minimum, not global\r\n")
    assert shown.count("\x1b") == 2
    code, shown = on_terminal("check", files(three)[0], false(three, tmp_path, gap="1000"))
    assert code == 3
    assert "\x1b[1;31mREJECTED\x1b[0m  [CL05]" in shown
    (tmp_path / "flat.csv").write_text("a,b\n1,2\n1,2\n", "utf-8")
    code, shown = on_terminal("prove", tmp_path / "flat.csv", "--out", tmp_path / "out")
    assert code == 4
    assert shown.startswith("\x1b[1;33mUNDECIDED\x1b[0m  every feature is constant")


@pytest.mark.parametrize("environment", [{"NO_COLOR": "1"}, {"TERM": "dumb"}], ids=["NO_COLOR", "dumb"])
def test_no_colours_where_none_are_wanted(environment: dict[str, str], three: Written) -> None:
    code, shown = on_terminal("check", *files(three), **environment)
    assert code == 0
    assert "\x1b" not in shown
    assert shown.splitlines()[-1] == "PROVED  local minimum, not global"


def test_no_colours_in_a_pipe(three: Written) -> None:
    assert "\x1b" not in three.check().out


def slowly(tmp_path: Path, seconds: float, **environment: str) -> tuple[int, str]:
    """`certify prove` on a terminal with a search that does nothing for some seconds and ends with code 7."""
    (tmp_path / "sitecustomize.py").write_text(SLOW.format(seconds=seconds), "utf-8")
    path = os.pathsep.join((str(tmp_path), str(ROOT)))
    return on_terminal("prove", THREE, "--out", tmp_path / "out", PYTHONPATH=path, **environment)


def test_what_takes_long_says_what_it_does(tmp_path: Path) -> None:
    code, shown = slowly(tmp_path, 2.5)
    assert code == 7
    assert "searching a residual: iteration 12 [1/2]" in shown
    assert "\x1b[?25h" in shown[shown.rindex("iteration 12") :]  # the cursor is back


def test_progress_leaves_standard_output_alone(tmp_path: Path) -> None:
    """What is printed while it is shown goes where it should."""
    slow = SLOW.format(seconds=2.5).replace("raise", "print('a line'); raise")
    (tmp_path / "sitecustomize.py").write_text(slow, "utf-8")
    with (tmp_path / "stdout").open("wb") as stdout:
        process, terminal = start(
            ["prove", THREE, "--out", tmp_path / "out"],
            stdout=stdout.fileno(),
            PYTHONPATH=os.pathsep.join((str(tmp_path), str(ROOT))),
        )
        shown = rest(terminal)
        assert process.wait() == 7
    assert "iteration 12" in shown
    assert "a line" not in shown
    assert (tmp_path / "stdout").read_text("utf-8") == "a line\n"


def test_progress_without_drawing(tmp_path: Path) -> None:
    code, shown = slowly(tmp_path, 2.5, NO_COLOR="1")
    assert (code, shown) == (7, "certify: searching a residual: iteration 12 [1/2]\r\n")


def test_what_is_quick_says_nothing(tmp_path: Path) -> None:
    assert slowly(tmp_path, 0.1) == (7, "")


def test_progress_is_for_terminals_only(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("certify.progress.DELAY", 0.01)
    with Progress() as progress:
        progress("reading")
        time.sleep(0.1)
    assert capfd.readouterr() == ("", "")


def test_quiet_has_no_progress(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("certify.progress.DELAY", 0.5)
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    monkeypatch.setenv("NO_COLOR", "1")
    for quiet, said in ((True, ""), (False, "certify: reading\n")):
        with Progress(quiet) as progress:
            progress("reading")
            time.sleep(1.5)
        assert capsys.readouterr().err == said


def test_steps_are_announced(three: Written) -> None:
    from certify.checking import check

    told: list[str] = []
    check(*files(three), progress=told.append)
    assert told[0] == "reading the instance and the certificate"
    assert told[1:] == [f"checking {lemma}/1" for lemma in three.lemmas]


def test_quiet_prints_the_verdict_alone(three: Written, tmp_path: Path) -> None:
    ended = certify("prove", THREE, "--quiet", "--out", tmp_path)
    assert (ended.code, ended.out, ended.err) == (0, "PROVED  local minimum, not global\n", "")
    assert (tmp_path / "certificate.json").exists()
    assert certify("check", *files(three), "--quiet").out == "PROVED  local minimum, not global\n"
    ended = certify("check", files(three)[0], false(three, tmp_path, gap="1000"), "--quiet")
    assert ended.code == 3
    assert ended.out.startswith("REJECTED  [CL05]")
    assert ended.out.count("\n") == 1
    ended = certify(*WAVE, "--quiet", "--out", tmp_path)
    assert (ended.code, ended.out, ended.err) == (0, "PROVED  strict local minimum, not global\n", "")
    assert certify("export", three.folder, "--widths", "2", "--quiet").out == ""
    assert certify("doctor", "--quiet").out.count("\n") == 1


def test_quiet_says_what_a_verdict_must_not_be_read_without(three: Written, tmp_path: Path) -> None:
    ended = certify("prove", EXAMPLES / "diabetes.csv", "--quiet", "--out", tmp_path)
    assert ended.code == 3
    verdict, qualification = ended.out.splitlines()
    assert verdict.startswith("PROVED  obstruction")
    assert qualification.startswith("IMPOSSIBLE")
    assert certify("check", *files(three), "--second", "--quiet").out.splitlines()[1:] == [
        "the second checker agrees: PROVED"
    ]


def test_every_result_comes_as_json(three: Written, tmp_path: Path) -> None:
    commands: dict[str, tuple[tuple[object, ...], str]] = {
        "prove": ((THREE, "--out", tmp_path / "p"), "verdict"),
        "examine": ((*WAVE[1:], "--out", tmp_path / "e"), "verdict"),
        "check": (files(three), "verdict"),
        "export": ((three.folder, "--widths", "2"), "written"),
        "doctor": ((), "packages"),
        "lemmas": (("obstruction/1", "--derive"), "statement"),
        "activations": (("relu",), "name"),
    }
    elsewhere = {"assemble", "completion", "report", "sweep"}  # tests/test_plugins.py, test_report_command.py, sweep
    assert set(commands) == set(COMMANDS) - elsewhere
    for command, (arguments, key) in commands.items():
        ended = certify(command, *arguments, "--json")
        document: Any = json.loads(ended.out)
        assert ended.code == 0
        assert ended.err == ""
        assert ended.out.count("\n") == 1
        assert key in (document[0] if isinstance(document, list) else document)


def test_lemmas_as_json_are_those_that_are_listed() -> None:
    from proofs.lemmas import LEMMAS

    document = json.loads(certify("lemmas", "--json").out)
    for lemma in document[: len(LEMMAS)]:
        assert lemma["statement"] == LEMMAS[lemma["name"]].statement
        assert lemma["from"] == "certify"
    derived = json.loads(certify("lemmas", "constant-point/1", "--derive", "--json").out)[0]["derivations"]
    assert derived
    assert all(identity["derived"] is True for identity in derived)


def test_certify_alone_is_no_verdict_and_shows_the_first_steps() -> None:
    ended = certify()
    assert (ended.code, ended.out) == (2, "")
    for command in ("prove", "examine", "check"):
        assert f"certify {command} " in ended.err


def test_help_lists_all_commands_and_explains_each() -> None:
    assert certify("help").out == certify("--help").out == certify("-h").out
    for command in COMMANDS:
        assert re.search(rf"^  {command} ", certify("help").out, re.MULTILINE)
        ended = certify(command, "--help")
        assert ended.code == 0
        assert ended.out == certify("help", command).out
        assert f"\nexample: {'eval' if command == 'completion' else f'certify {command}'}" in ended.out
    assert certify("help", "nothing").code == 2


def test_help_imports_no_library() -> None:
    program = (
        "import sys\nfrom certify.cli import COMMANDS, parser_of\n"
        "for name in COMMANDS: parser_of(name).format_help()\n"
        "print(sorted({m.partition('.')[0] for m in sys.modules} & {'flint', 'numpy', 'sympy', 'rich', 'proofs'}))"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


WAITING = """
import os, time
import certify.output
real = os.fdopen
def waiting(handle, mode):
    stream = real(handle, mode)
    write = stream.write
    class Slow:
        def __enter__(self): return self
        def __exit__(self, *error): stream.close()
        def write(self, content):
            write(content[: len(content) // 2]); stream.flush()
            print("half a file", flush=True)
            time.sleep(20 if {forever} else 1)
            write(content[len(content) // 2 :])
    return Slow()
certify.output.os.fdopen = waiting
"""


def interrupted(tmp_path: Path, code: str, number: int, word: str, folder: Path) -> tuple[int, str]:
    """`certify prove` with some code run before it, and a signal as soon as the word is shown."""
    (tmp_path / "sitecustomize.py").write_text(code, "utf-8")
    path = os.pathsep.join((str(tmp_path), str(ROOT)))
    process, terminal = start(["prove", EXAMPLES / "iris.csv", "--out", folder], PYTHONPATH=path, NO_COLOR="1")
    shown = b""
    while word.encode() not in shown:
        shown += os.read(terminal, 65536)
    process.send_signal(number)
    return process.wait(), shown.decode() + rest(terminal)


def test_an_interrupted_search_writes_nothing_and_says_so(tmp_path: Path) -> None:
    code, shown = interrupted(tmp_path, SLOW.format(seconds=60), signal.SIGINT, "iteration 12", tmp_path / "out")
    assert code == 130
    assert shown.splitlines()[-1] == "certify: interrupted; nothing was written"
    assert "Traceback" not in shown
    assert not (tmp_path / "out").exists()


def test_an_interrupt_while_writing_comes_too_late(tmp_path: Path) -> None:
    """The files are there, whole, and the verdict is printed: nothing is left half done or unsaid."""
    code, shown = interrupted(tmp_path, WAITING.format(forever=False), signal.SIGINT, "half a file", tmp_path / "out")
    assert code == 0
    assert "interrupted" not in shown
    assert "PROVED  local minimum, not global" in shown
    assert certify("check", tmp_path / "out" / "instance.json", tmp_path / "out" / "certificate.json").code == 0


@pytest.mark.parametrize("older", [False, True], ids=["new", "over an older one"])
def test_a_process_killed_while_writing_leaves_the_old_or_none(older: bool, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    before = {}
    if older:
        proved(folder, THREE)
        before = {path.name: path.read_bytes() for path in folder.iterdir()}
    code, _ = interrupted(tmp_path, WAITING.format(forever=True), signal.SIGKILL, "half a file", folder)
    assert code == -signal.SIGKILL
    after = {path.name: path.read_bytes() for path in folder.iterdir() if not path.name.startswith(".")}
    assert after == before


def test_an_interrupt_inside_this_process_ends_with_130(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(arguments: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr("certify.commands.check.run", interrupt)
    ended = certify("check", "a", "b")
    assert (ended.code, ended.out, ended.err) == (130, "", "certify: interrupted; nothing was written\n")


def test_ctrl_c_works_again_after_writing(tmp_path: Path) -> None:
    before = signal.getsignal(signal.SIGINT)
    assert certify("prove", THREE, "--out", tmp_path).code == 0
    assert signal.getsignal(signal.SIGINT) is before
