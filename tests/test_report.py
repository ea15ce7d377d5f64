"""report.md says everything a reader needs, and the command in it works."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from flint import fmpq

from certify.short import decimal
from proofs.lemmas import LEMMAS
from tests.running import EXAMPLES, Written, certify, csv, prove, proved

CASES: dict[str, tuple[object, ...]] = {
    "three-points": (EXAMPLES / "three-points.toml",),
    "iris": (EXAMPLES / "iris.csv", "--activation", "gelu", "--depth", 3, "--output-bias", "--outputs", 2),
    "square": (EXAMPLES / "iris.csv", "--activation", "square"),
    "wine": (EXAMPLES / "wine.csv", "--standardise", "--widths", "5"),
}


@pytest.fixture(scope="module", params=CASES)
def written(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Written:
    return proved(tmp_path_factory.mktemp(request.param) / "out", *CASES[request.param])


def report_of(written: Written) -> str:
    return (written.folder / "report.md").read_text("utf-8")


def plain(markdown: str) -> str:
    """The text that a reader sees: Markdown's escapes undone."""
    return re.sub(r"\\([\\`*_<|])", r"\1", markdown)


def test_claim_scope_and_verdict(written: Written) -> None:
    report, text = plain(report_of(written)), written.ended.out.splitlines()
    assert "PROVED  local minimum, not global" in report
    for prefix in ("scope: ", "not claimed: "):
        for line in text:
            if line.startswith(prefix):
                assert line.removeprefix("scope: ") in report
    assert written.certificate["instance"] in report


def test_every_lemma_with_statement_numbers_and_margin(written: Written) -> None:
    report = plain(report_of(written))
    for step in written.certificate["steps"]:
        lemma = LEMMAS[step["lemma"]]
        (part,) = re.findall(rf"### {step['id']}: .*?(?=\n### |\n## )", report, re.DOTALL)
        assert lemma.title in part
        assert f"(`{lemma.name}`)" in part
        assert lemma.statement in part
        assert lemma.source in part
        (line,) = [line for line in written.ended.out.splitlines() if line.startswith(f"{step['id']} ")]
        detail, _, margin = line.split("  ok   ")[1].partition("   ")
        assert f"*Here.* {detail}\n" in part
        assert (f"*Margin.* {margin}\n" in part) if margin else ("*Margin.*" not in part)


def test_instance_and_point(written: Written) -> None:
    report = plain(report_of(written))
    data, network = written.instance["data"], written.instance["network"]
    for feature in data["features"]:
        assert feature in report
    assert f"{len(written.inputs)} samples" in report
    assert f"depth {network['depth']}, {network['activation']}" in report
    for level in written.arguments("constant-point")["levels"]:
        assert level in report
    for target in data["targets"][:5]:
        assert decimal(fmpq(*map(int, target[0].split("/")))) in report


def test_the_command_in_the_report_works(written: Written) -> None:
    (command,) = re.findall(r"^    (certify check .*)$", report_of(written), re.MULTILINE)
    ended = certify(*shlex.split(command)[1:])
    assert ended.code == 0
    assert "PROVED" in ended.out


def test_the_command_works_from_a_folder_with_a_blank(tmp_path: Path) -> None:
    written = proved(tmp_path / "my results", EXAMPLES / "three-points.toml")
    test_the_command_in_the_report_works(written)


def test_no_line_of_markdown_is_broken(written: Written) -> None:
    """Headings are alone on their line and nothing of the data turns into markup."""
    for line in report_of(written).splitlines():
        assert not re.search(r"(?<!\\)<", line)
        if line.startswith("#"):
            assert re.fullmatch(r"#{1,3} \S.*", line)


def test_hostile_names_stay_text(tmp_path: Path) -> None:
    data = csv(tmp_path / "data.csv", "<b>x</b>,a|b*c_d", "0,0", "1,1", "-1,1", "0,-1", "2,2", "1,-2", "-2,0", "0,2")
    written = proved(tmp_path / "out", data)
    report = report_of(written)
    assert "<b>" not in report.replace("\\<b>", "")
    assert "a|b*c_d" in plain(report)


def test_obstruction(tmp_path: Path) -> None:
    written = prove(tmp_path, EXAMPLES / "diabetes.csv")
    assert written.ended.code == 3
    report = plain(report_of(written))
    assert "definite M, because of sex" in report
    assert "no residual for these inputs has a definite M" in report.splitlines()[0]
    assert LEMMAS["obstruction/1"].statement in report
    assert "other bad minima are not excluded" in report
    test_the_command_in_the_report_works(written)


def test_a_minimum_that_is_not_shown_to_be_bad(tmp_path: Path) -> None:
    written = prove(tmp_path, EXAMPLES / "iris.csv", "--widths", "1")
    assert written.ended.code == 4
    report = report_of(written)
    assert "not claimed: sub-optimality" in report
    assert "not global" not in report.splitlines()[0]
