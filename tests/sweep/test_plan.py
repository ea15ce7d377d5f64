"""Plans: every field, the combinations, names that never change, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from certify.errors import UsageError
from certify.sweep import plan as plans
from certify.sweep.plan import Plan, read_plan
from certify.sweep.random_data import RandomInputs
from tests.running import EXAMPLES
from tests.sweep.results import SMALL, plan_file

RANDOM = '[[data]]\nrandom = "gaussian"\ndimension = 2\nsamples = 8\n'
IRIS = f'[[data]]\nfile = "{EXAMPLES / "iris.csv"}"\n'


def read(folder: Path, text: str) -> Plan:
    return read_plan(plan_file(folder, text))


def specs(plan: Plan) -> list[Any]:
    return [json.loads(job.spec) for job in plan.jobs]


def test_random_data(tmp_path: Path) -> None:
    found = specs(read(tmp_path, SMALL))
    assert len(found) == 12
    assert {
        "data": {"random": "uniform", "dimension": 2, "samples": 8, "decimals": 2, "seed": 2},
        "problem": {},
    } in found
    assert {spec["data"]["samples"] for spec in found} == {4, 8}


def test_chosen_seeds_and_decimals(tmp_path: Path) -> None:
    found = specs(read(tmp_path, RANDOM + "seeds = [5, 3]\ndecimals = [1, 3]"))
    assert [(s["data"]["seed"], s["data"]["decimals"]) for s in found] == [(5, 1), (3, 1), (5, 3), (3, 3)]


def test_names_never_change(tmp_path: Path) -> None:
    """Stores of older versions must go on."""
    plan = read(tmp_path, RANDOM + '[[problem]]\nactivation = "tanh"\ndepth = 2')
    (job,) = plan.jobs
    assert job.spec == (
        '{"data":{"decimals":2,"dimension":2,"random":"gaussian","samples":8,"seed":0},'
        '"problem":{"activation":"tanh","depth":2}}'
    )
    assert job.name == "04e37b8a46ee9b531441d5854220dc1ca822434c6dc97cc9f53260ad6ecdeac9"
    assert plan.name == "f25165611c3498443fbaf3126ed74dd12e80498b2995204a2339bc5bef6a53fb"


def test_defaults_comments_and_order_do_not_matter(tmp_path: Path) -> None:
    first = read(tmp_path / "a", RANDOM + "seeds = [0, 1]")
    second = read(
        tmp_path / "b", "# the same\n" + RANDOM + 'seeds = [1, 0]\n[[problem]]\nactivation = "sigmoid"\ndepth = 1'
    )
    assert first.name == second.name
    assert {job.spec for job in first.jobs} == {job.spec for job in second.jobs}
    assert read(tmp_path, RANDOM).name != first.name


def test_the_same_job_twice_is_one(tmp_path: Path) -> None:
    assert len(read(tmp_path, RANDOM + "seeds = 3\n" + RANDOM + "seeds = 2\n").jobs) == 3


FIELDS: dict[str, tuple[str, list[Any]]] = {
    "activation": ('["tanh", "z*tanh(z)"]', ["tanh", "z*tanh(z)"]),
    "depth": ("[2, 3]", [2, 3]),
    "outputs": ("[2, 3]", [2, 3]),
    "output_bias": ("[true]", [True]),
    "standardise": ("true", [True]),
    "seed": ("[1, 2]", [1, 2]),
    "constant": ('["1/2", "2"]', ["1/2", "2"]),
}


@pytest.mark.parametrize("field", FIELDS)
def test_lists_of_values(field: str, tmp_path: Path) -> None:
    text, expected = FIELDS[field]
    found = specs(read(tmp_path, f"{RANDOM}[[problem]]\n{field} = {text}"))
    assert [spec["problem"] for spec in found] == [{field: value} for value in expected]


def test_every_field_of_a_problem_is_a_key() -> None:
    other = {"budget", "construction", "digits", "levels", "loss", "piece", "widths"}
    assert set(plans._PROBLEM_KEYS) == set(FIELDS) | other


def test_fields_whose_values_are_lists(tmp_path: Path) -> None:
    found = specs(read(tmp_path, f"{RANDOM}[[problem]]\nwidths = [3, 4]\n[[problem]]\nwidths = [[2], [5, 6]]"))
    assert [s["problem"] for s in found] == [
        {"depth": 2, "widths": [3, 4]},
        {"widths": [2]},
        {"depth": 2, "widths": [5, 6]},
    ]
    found = specs(read(tmp_path, f'{RANDOM}[[problem]]\nlevels = [["-1"], ["log(1/2)", 1]]'))
    assert [s["problem"].get("depth", 1) for s in found] == [1, 2]


def test_several_problems_with_different_fields(tmp_path: Path) -> None:
    text = RANDOM + (
        '[[problem]]\nactivation = ["tanh", "silu"]\n'
        '[[problem]]\nconstruction = "fitted"\nloss = ["logistic", "squared"]\ndigits = 3\nbudget = 5\n'
    )
    found = [spec["problem"] for spec in specs(read(tmp_path, text))]
    assert found[1] == {"activation": "silu"}
    assert found[2] == {"construction": "fitted", "loss": "logistic", "digits": 3, "budget": 5.0}
    assert len(found) == 4


def test_files(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("p,q,y\n1,2,3\n4,5,7\n", "utf-8")
    (tmp_path / "b.csv").write_text("p,q,y\n1,2,3\n4,5,8\n", "utf-8")
    text = '[[data]]\nfile = ["a.csv", "b.csv"]\nfeatures = [["p"], ["p", "q"]]\ntargets = "y"\n'
    plan = read(tmp_path, text.replace('"y"', '["y"]'))
    found = specs(plan)
    assert [(s["data"]["file"], s["problem"]["features"]) for s in found] == [
        ("a.csv", ["p"]), ("a.csv", ["p", "q"]), ("b.csv", ["p"]), ("b.csv", ["p", "q"]),
    ]  # fmt: skip
    assert {tuple(s["problem"]["targets"]) for s in found} == {("y",)}
    assert plan.jobs[0].problem().data == (tmp_path / "a.csv").resolve()


def test_the_content_of_a_file_names_the_job_and_its_folder_does_not(tmp_path: Path) -> None:
    names = []
    for folder, content in (("a", "p\n1\n2\n"), ("b", "p\n1\n2\n"), ("c", "p\n1\n3\n")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "x.csv").write_text(content, "utf-8")
        names.append(read(tmp_path / folder, '[[data]]\nfile = "x.csv"').name)
    assert names[0] == names[1] != names[2]


def test_a_file_that_changes_after_planning_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("p\n1\n2\n", "utf-8")
    (job,) = read(tmp_path, '[[data]]\nfile = "x.csv"').jobs
    (tmp_path / "x.csv").write_text("p\n1\n3\n", "utf-8")
    with pytest.raises(UsageError, match="has changed since the sweep was planned"):
        job.problem()


def test_jobs_are_problems(tmp_path: Path) -> None:
    (job,) = read(tmp_path, RANDOM + "[[problem]]\nwidths = [[7, 8]]\noutput_bias = true").jobs
    problem = job.problem()
    assert (problem.widths, problem.depth, problem.output_bias) == ((7, 8), 2, True)
    assert problem.data == problem.data
    assert str(problem.data) == str(RandomInputs("gaussian", 2, 8, 2, 0).draw())


BAD: dict[str, tuple[str, tuple[str, ...]]] = {
    "no TOML": ("[[data]", ("not well-formed TOML",)),
    "empty": ("", ("data", "expected one or more tables [[data]]")),
    "data is no table": ("data = 3", ("expected one or more tables [[data]]",)),
    "unknown table": (RANDOM + "[[problems]]", ("unknown key 'problems'", "did you mean 'problem'")),
    "neither": ("[[data]]\nseeds = 3", ("[[data]] number 1", "neither")),
    "both": (RANDOM + 'file = "x.csv"', ("expected either file or random", "both")),
    "unknown key": (RANDOM + "sampels = 3", ("[[data]] number 1", "'sampels'", "samples")),
    "unknown key of a file": (IRIS + "seeds = 3", ("[[data]] number 1", "unknown key 'seeds'")),
    "unknown distribution": (RANDOM.replace("gaussian", "cauchy"), ("random", "gaussian, uniform", "'cauchy'")),
    "no samples": (RANDOM.replace("samples = 8", ""), ("samples", "found no such key")),
    "one sample": (RANDOM.replace("8", "1"), ("samples", "from 2", "'1'")),
    "dimension 0": (RANDOM.replace("dimension = 2", "dimension = [3, 0]"), ("dimension", "from 1", "'0'")),
    "empty list": (RANDOM.replace("8", "[]"), ("samples", "'[]'")),
    "a float": (RANDOM.replace("8", "8.0"), ("samples", "'8.0'")),
    "a truth value": (RANDOM.replace("8", "true"), ("samples", "'True'")),
    "no seeds": (RANDOM + "seeds = 0", ("seeds", "from 1")),
    "negative seed": (RANDOM + "seeds = [-1]", ("seeds", "from 0")),
    "decimals": (RANDOM + "decimals = 16", ("decimals", "from 0 to 15")),
    "too large": (RANDOM.replace("8", "100001"), ("samples", "200,000 numbers")),
    "too many": (RANDOM + "seeds = 1000\n[[problem]]\nseed = " + str(list(range(1001))), ("1,001,000",)),
    "too many data sets": (RANDOM + "seeds = 1000000\ndecimals = [1, 2]", ("[[data]] number 1", "2,000,000")),
    "missing file": ('[[data]]\nfile = "missing.csv"', ("missing.csv", "no such file")),
    "file is no text": ("[[data]]\nfile = 3", ("file", "a string")),
    "wrong type": (RANDOM + "[[problem]]\ndepth = 'two'", ("[[problem]] number 1", "depth", "an integer")),
    "unknown field": (RANDOM + "[[problem]]\ndeepth = 2", ("[[problem]] number 1", "'deepth'", "depth")),
    "data in the problem": (RANDOM + '[[problem]]\ndata = "x.csv"', ("unknown key 'data'",)),
    "empty choice": (RANDOM + "[[problem]]\ndepth = []", ("depth", "an empty list")),
    "bad value": (RANDOM + "[[problem]]\ndepth = [1, 9]", ("[[problem]] number 1", "depth", "found 9")),
    "bad combination": (
        RANDOM + '[[problem]]\nconstruction = ["constant", "fitted"]\nloss = ["squared", "logistic"]',
        ("loss", "combination construction = constant, loss = logistic"),
    ),
    "affine without targets": (RANDOM + '[[problem]]\nconstruction = "affine"', ("targets",)),
}


@pytest.mark.parametrize("case", BAD)
def test_refused(case: str, tmp_path: Path) -> None:
    text, words = BAD[case]
    with pytest.raises(UsageError) as refused:
        read(tmp_path, text)
    message = str(refused.value)
    assert message.startswith(str(tmp_path / "plan.toml"))
    assert "\n" not in message
    for word in words:
        assert word in message
