"""`certify prove` from the command line on: real data, random data, and data with something special about them."""

from __future__ import annotations

import json
import random
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.running import ACTIVATIONS, EXAMPLES, Written, certify, csv, prove, proved

IRIS, WINE, CANCER, DIABETES = (EXAMPLES / f"{name}.csv" for name in ("iris", "wine", "breast-cancer", "diabetes"))
DEEP = ("sigmoid", "tanh", "silu", "gelu", "arctan")


def demand_everything(written: Written, activation: str, depth: int, distinct: int) -> None:
    """The strongest claim there is, with numbers that are worth something."""
    claim = written.claim
    assert claim["kind"] == "suboptimal-local-minimum"
    assert claim["least_widths"] == [1] * (depth - 1) + [2]
    assert written.fraction("gap") > written.fraction("loss") / 25
    assert written.fraction("box_radius") > 0
    assert claim["zero_loss_widths"] == (None if activation == "square" else [1] * (depth - 1) + [distinct])
    assert claim["generic"]
    assert written.fraction("loss") == sum(
        (y - mean) ** 2 for row in zip(*written.targets, strict=True) for mean in [sum(row) / len(row)] for y in row
    )


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_iris_with_every_activation(activation: str, tmp_path: Path) -> None:
    written = proved(tmp_path, IRIS, "--activation", activation)
    demand_everything(written, activation, 1, 149)
    assert written.claim["jensen_region"]
    assert written.fraction("box_radius") >= Fraction(1, 10_000)


@pytest.mark.parametrize("depth", [2, 3, 4, 5])
@pytest.mark.parametrize("activation", DEEP)
def test_iris_deep(activation: str, depth: int, tmp_path: Path) -> None:
    written = proved(tmp_path, IRIS, "--activation", activation, "--depth", depth)
    demand_everything(written, activation, depth, 149)
    assert written.fraction("box_radius") >= Fraction(1, 100_000)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_iris_at_the_greatest_depth(activation: str, tmp_path: Path) -> None:
    """Sub-optimality at depth 8 for every activation; exp grows too fast there for a box of any use."""
    written = proved(tmp_path, IRIS, "--activation", activation, "--depth", 8, "--standardise")
    assert written.fraction("gap") > written.fraction("loss") / 50
    assert written.claim["jensen_region"]


@pytest.mark.long
@pytest.mark.parametrize("options", [(), ("--standardise",)], ids=["raw", "standardised"])
@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize(("data", "distinct"), [(WINE, 178), (CANCER, 569)], ids=["wine", "breast-cancer"])
def test_larger_data(data: Path, distinct: int, activation: str, options: tuple[str, ...], tmp_path: Path) -> None:
    written = proved(tmp_path, data, "--activation", activation, *options)
    demand_everything(written, activation, 1, distinct)
    if options:
        assert written.fraction("box_radius") >= Fraction(1, 20_000)


def test_diabetes_is_obstructed_by_sex(tmp_path: Path) -> None:
    written = prove(tmp_path, DIABETES)
    assert written.ended.code == 3
    assert written.claim == {"kind": "obstruction", "features": ["sex"]}
    assert "because of sex" in written.ended.out
    assert written.check().code == 0, "the obstruction itself is proved"
    quadric = written.arguments("obstruction")
    for x in written.inputs:
        form = sum(Fraction(quadric["matrix"][j][k]) * x[j] * x[k] for j in range(11) for k in range(11))
        assert form == sum(Fraction(c) * v for c, v in zip(quadric["linear"], x, strict=True)) + Fraction(
            quadric["constant"]
        )


def test_diabetes_without_sex_is_proved(tmp_path: Path) -> None:
    features = "age,bmi,bp,s1,s2,s3,s4,s5,s6"
    written = proved(tmp_path, DIABETES, "--features", features)
    demand_everything(written, "sigmoid", 1, 442)
    assert written.instance["data"]["features"] == features.split(",")
    assert "not used: sex, progression" in written.ended.out


def test_columns_that_are_no_numbers_are_named(tmp_path: Path) -> None:
    assert "not used: species" in proved(tmp_path, IRIS).ended.out


def rational_data(seed: int) -> tuple[int, list[str]]:
    """Random rational data around the ellipsoid-fitting threshold N = d^2/4 + d; how far off it N is, and the lines."""
    generator = random.Random(seed)
    features = 1 + seed % 5
    threshold = round(features * features / 4 + features)
    samples = max(2, threshold + generator.randint(-2, 6))
    denominator = generator.choice((1, 2, 7, 10, 100))
    rows = [
        ",".join(f"{generator.randint(-20 * denominator, 20 * denominator)}/{denominator}" for _ in range(features))
        for _ in range(samples)
    ]
    return samples - threshold, [",".join(f"x{j + 1}" for j in range(features)), *rows]


@pytest.mark.long
def test_random_data_are_decided(tmp_path: Path) -> None:
    undecided, outcomes = 0, {0: 0, 3: 0}
    for seed in range(200):
        distance, lines = rational_data(seed)
        generator = random.Random(~seed)
        activation, depth = generator.choice(ACTIVATIONS), generator.choice((1, 1, 2, 3))
        data = csv(tmp_path / "random.csv", *lines)
        written = prove(tmp_path / f"{seed}", data, "--activation", activation, "--depth", depth, "--seed", seed)
        code = written.ended.code
        if code == 4:
            undecided += abs(distance) > 1
            continue
        assert code in outcomes, (seed, written.ended)
        outcomes[code] += 1
        assert written.check().code == 0, seed
    assert undecided < 2
    assert min(outcomes.values()) > 50, "both outcomes are common around the threshold"


@st.composite
def small_data(draw: st.DrawFn) -> list[list[Fraction]]:
    """Few rationals, so that coincidences are common: repeated rows, dependent columns, points on a conic."""
    features = draw(st.integers(1, 3))
    values = st.fractions(-3, 3, max_denominator=draw(st.sampled_from([1, 2, 3])))
    return draw(st.lists(st.lists(values, min_size=features, max_size=features), min_size=2, max_size=9))


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=small_data(), activation=st.sampled_from(ACTIVATIONS), depth=st.integers(1, 2), bias=st.booleans())
def test_any_data_are_proved_or_obstructed(
    rows: list[list[Fraction]], activation: str, depth: int, bias: bool, tmp_path: Path
) -> None:
    header = ",".join(f"x{j}" for j in range(len(rows[0])))
    data = csv(tmp_path / "data.csv", header, *(",".join(map(str, row)) for row in rows))
    options = ["--output-bias"] if bias else []
    written = prove(tmp_path / "out", data, "--activation", activation, "--depth", depth, *options)
    if all(row == rows[0] for row in rows):
        assert written.ended.code == 4
        assert "every feature is constant" in written.ended.out
        return
    assert written.ended.code in (0, 3), written.ended
    assert written.check().code == 0
    if written.ended.code == 0:
        assert written.inputs == rows
        values: dict[tuple[Fraction, ...], set[tuple[Fraction, ...]]] = {}
        for x, y in zip(written.inputs, written.targets, strict=True):
            values.setdefault(tuple(x), set()).add(tuple(y))
        assert all(len(targets) == 1 for targets in values.values()), "equal inputs must get equal targets"


DEPENDENT = (
    "a,twice,one,b,sum,c",
    *(f"{a},{a},0.1,{b},{2 * a - 3 * b + 1},{c}" for a, b, c in [
        (0, 0, 0), (4, 0, 1), (0, 4, -1), (1, 1, 3), (2, 1, -2), (1, 2, 0), (3, 3, 1), (-1, 2, 2), (2, -2, 1),
        (5, 1, 0), (-2, -3, 4), (1, 0, -5),
    ]),
)  # fmt: skip


def test_dependent_features_are_proved_on_a_basis(tmp_path: Path) -> None:
    written = proved(tmp_path / "all", csv(tmp_path / "all.csv", *DEPENDENT), "--features", "a,twice,one,b,sum,c")
    dependent = {d["feature"] for d in written.arguments("constant-point")["dependent"]}
    assert dependent == {1, 2, 4}
    said = "twice, one, sum are affine functions of a, b, c on the data"
    assert said in written.ended.out
    assert said in written.check().out
    assert said in (tmp_path / "all" / "report.md").read_text("utf-8")
    basis = proved(tmp_path / "basis", tmp_path / "all.csv", "--features", "a,b,c")
    for item in ("loss", "box_radius", "zero_loss_widths"):
        assert written.claim[item] == basis.claim[item], item
    assert written.targets == basis.targets
    assert written.claim["generic"] is False, "almost no data have dependent features"


def test_repeated_inputs_share_a_target(tmp_path: Path) -> None:
    data = csv(tmp_path / "data.csv", "x", *"010210330")
    written = proved(tmp_path / "out", data)
    by_input = {x[0]: y for x, y in zip(written.inputs, written.targets, strict=True)}
    assert [by_input[x[0]] for x in written.inputs] == written.targets
    assert written.claim["zero_loss_widths"] == [4]


def test_repeated_inputs_with_different_targets_are_not_fitted(tmp_path: Path) -> None:
    data = csv(tmp_path / "data.csv", "x,y", "-1,0", "0,3", "1,0", "0,2", "-1,1/2", "1,1/2")
    written = proved(tmp_path / "out", data, "--target", "y", "--features", "x")
    assert written.claim["zero_loss_widths"] is None
    assert "equal inputs have different targets" in written.ended.out


@pytest.mark.parametrize("outputs", [2, 3])
@pytest.mark.parametrize("bias", [(), ("--output-bias",)], ids=["plain", "bias"])
@pytest.mark.parametrize("activation", ["sigmoid", "silu"])
def test_several_outputs(outputs: int, bias: tuple[str, ...], activation: str, tmp_path: Path) -> None:
    written = proved(tmp_path, IRIS, "--outputs", outputs, "--activation", activation, "--depth", 2, *bias)
    demand_everything(written, activation, 2, 149)
    assert {len(row) for row in written.targets} == {outputs}
    assert written.instance["network"]["output_bias"] is bool(bias)
    columns = list(zip(*written.targets, strict=True))
    assert len(set(columns)) == outputs, "the targets are different ones"


@pytest.mark.parametrize(
    ("widths", "code", "least", "zero"),
    [
        ("1", 4, [1], None),
        ("2", 0, [2], None),
        ("3", 0, [2], None),
        ("148", 0, [2], None),
        ("149", 0, [2], [149]),
        ("1000000", 0, [2], [149]),
        ("1,2", 0, [1, 2], None),
        ("5,1", 0, [1, 1], None),
        ("1,149", 0, [1, 2], [1, 149]),
        ("200,50,3", 0, [1, 1, 2], None),
    ],
)
def test_fixed_widths(widths: str, code: int, least: list[int], zero: list[int] | None, tmp_path: Path) -> None:
    written = prove(tmp_path, IRIS, "--widths", widths, "--activation", "tanh")
    assert written.ended.code == code
    assert written.check().code == 0
    assert written.instance["network"]["widths"] == [int(w) for w in widths.split(",")]
    assert written.claim["zero_loss_widths"] == zero
    if code == 0:
        assert written.claim["least_widths"] == least
    else:
        assert written.claim["kind"] == "local-minimum"
        assert "not claimed: sub-optimality" in written.ended.out
        assert "not global" not in written.ended.out
        assert written.ended.out.splitlines()[-1].startswith("INCOMPLETE")


def test_the_hand_example(tmp_path: Path) -> None:
    """Three samples, two sigmoids, an output bias: against the claim of 1995 about N - 1 hidden units."""
    written = proved(tmp_path / "two", EXAMPLES / "three-points.toml", "--widths", "2")
    assert written.instance["network"] == {
        "activation": "sigmoid",
        "depth": 1,
        "widths": [2],
        "output_bias": True,
    }
    assert written.inputs == [[-1], [0], [1]]
    assert written.targets == [[0], [3], [0]]
    assert written.claim["kind"] == "suboptimal-local-minimum"
    assert written.claim["loss"] == "6"
    assert written.claim["least_widths"] == [2]
    assert written.claim["jensen_region"]
    assert written.claim["zero_loss_widths"] is None
    assert written.fraction("gap") >= Fraction(599, 100)
    point = written.arguments("constant-point")
    assert point["levels"] == ["log(1/2)"]
    assert point["constants"] == ["1"]
    (gap,) = written.arguments("jensen-region")["gaps"]
    assert gap == {"weight": "2", "centre": 1, "vertices": [0, 2], "coefficients": ["1/2", "1/2"]}
    assert written.arguments("jensen-region")["intervals"] == [{"lower": None, "upper": "0"}]
    every = proved(tmp_path / "every", EXAMPLES / "three-points.toml")
    assert every.claim["zero_loss_widths"] == [3]
    assert every.instance["network"]["widths"] == "every"


def test_the_hand_example_from_the_csv_file(tmp_path: Path) -> None:
    data = EXAMPLES / "three-points.csv"
    for options in ((), ("--output-bias",), ("--activation", "tanh", "--output-bias"), ("--depth", "3")):
        written = proved(tmp_path, data, "--target", "y", *options)
        assert written.claim["loss"] == "6"
        assert written.claim["jensen_region"]


def test_an_odd_activation_needs_an_output_bias_here(tmp_path: Path) -> None:
    """sigma sigma'' < 0 for tanh, so V sigma(a) = 1 and V sigma''(a) > 0 exclude each other."""
    written = prove(tmp_path / "out", EXAMPLES / "three-points.csv", "--target", "y", "--activation", "tanh")
    assert written.ended.code == 4
    assert "--output-bias" in written.ended.out
    assert not (tmp_path / "out").exists()


def test_correlated_targets_are_out_of_reach(tmp_path: Path) -> None:
    data = csv(tmp_path / "data.csv", "x,z,y", "0,0,1", "1,1,3", "-1,1,0", "0,-1,5", "2,2,-7")
    written = prove(tmp_path / "out", data, "--target", "y")
    assert written.ended.code == 4
    assert "target 'y' is correlated with feature 'x'" in written.ended.out
    assert not (tmp_path / "out").exists()


def test_constant_targets_have_no_bad_minimum(tmp_path: Path) -> None:
    data = csv(tmp_path / "data.csv", "x,y,k", "-1,0,5", "0,3,5", "1,0,5")
    written = prove(tmp_path / "out", data, "--target", "k", "--features", "x")
    assert written.ended.code == 4
    assert "fits them exactly" in written.ended.out
    assert not (tmp_path / "out").exists()
    both = proved(tmp_path / "out", data, "--target", "k,y", "--features", "x")
    assert both.claim["loss"] == "6"


def test_targets_of_opposite_signs_need_an_output_bias(tmp_path: Path) -> None:
    data = csv(tmp_path / "data.csv", "x,y,z", "-1,0,5", "0,3,2", "1,0,5")
    written = prove(tmp_path / "out", data, "--target", "y,z")
    assert written.ended.code == 4
    assert "--output-bias" in written.ended.out
    assert proved(tmp_path / "out", data, "--target", "y,z", "--output-bias").claim["loss"] == "12"


def test_targets_without_a_definite_form(tmp_path: Path) -> None:
    data = csv(
        tmp_path / "data.csv", "x,z,y", "1,0,1", "-1,0,1", "0,1,-1", "0,-1,-1", "3,3,0", "-3,-3,0", "3,-3,0", "-3,3,0"
    )
    written = prove(tmp_path / "out", data, "--target", "y")
    assert written.ended.code == 4
    assert "not definite" in written.ended.out
    assert not (tmp_path / "out").exists()


def test_numpy_data_mean_exactly_what_they_store(tmp_path: Path) -> None:
    generator = np.random.default_rng(3)
    inputs = generator.normal(size=(40, 3))
    np.savez(tmp_path / "data.npz", X=inputs, features=np.array(["u", "v", "w"]))
    written = proved(tmp_path / "out", tmp_path / "data.npz", "--activation", "gelu")
    assert written.inputs == [[Fraction(float(x)) for x in row] for row in inputs]
    assert written.instance["data"]["features"] == ["u", "v", "w"]


def test_a_target_array(tmp_path: Path) -> None:
    np.savez(tmp_path / "data.npz", X=np.array([[-1.0], [0.0], [1.0]]), y=np.array([0.0, 3.0, 0.0]))
    assert proved(tmp_path / "out", tmp_path / "data.npz", "--target", "y").claim["loss"] == "6"


def test_options_override_the_problem_file(tmp_path: Path) -> None:
    toml = tmp_path / "problem.toml"
    toml.write_text(f'data = "{IRIS}"\nactivation = "sigmoid"\ndepth = 2\nseed = 5\noutput_bias = true\n', "utf-8")
    plain = proved(tmp_path / "plain", toml)
    assert plain.instance["network"] == {
        "activation": "sigmoid", "depth": 2, "widths": "every", "output_bias": True,
    }  # fmt: skip
    changed = proved(
        tmp_path / "changed", toml, "--activation", "tanh", "--widths", "7,8,9", "--features", "petal_width"
    )
    assert changed.instance["network"] == {
        "activation": "tanh", "depth": 3, "widths": [7, 8, 9], "output_bias": True,
    }  # fmt: skip
    assert changed.instance["data"]["features"] == ["petal_width"]


def test_decimals_in_a_problem_file(tmp_path: Path) -> None:
    toml = tmp_path / "problem.toml"
    toml.write_text(f'data = "{IRIS}"\nlevels = ["0.5", "log(2.50)"]\nconstant = "0.125"\n', "utf-8")
    written = proved(tmp_path / "out", toml)
    point = written.arguments("constant-point")
    assert point["levels"] == ["1/2", "log(5/2)"]
    assert point["constants"] in (["1/8"], ["-1/8"])


@pytest.mark.long
def test_large_data_are_written_beside_the_instance(tmp_path: Path) -> None:
    generator = random.Random(0)
    lines = [",".join(str(generator.randint(-50, 50)) for _ in range(7)) for _ in range(30_000)]
    data = csv(tmp_path / "large.csv", "a,b,c,d,e,f,g", *lines)
    written = proved(tmp_path / "out", data, "--standardise")
    assert "inputs" not in written.instance["data"]
    assert (tmp_path / "out" / "certificate.json").stat().st_size < 100_000
    path = tmp_path / "out" / written.instance["data"]["file"]
    content = path.read_bytes()
    assert content.count(b"\n") == 30_001
    lines_of_file = content.split(b"\n")
    lines_of_file[7], lines_of_file[8] = lines_of_file[8], lines_of_file[7]
    for tampered in (
        content[:-1],
        b"\n".join(lines_of_file),
        content + b"1,1,1,1,1,1,1,1\n",
        content.replace(b"1", b"2", 1),
    ):
        path.write_bytes(tampered)
        refused = written.check()
        assert refused.code == 2
        assert refused.out == ""
        assert len(refused.err.splitlines()) == 1
    path.unlink()
    missing = written.check()
    assert (missing.code, missing.out) == (2, "")
    assert path.name in missing.err


def test_standardised_data_are_what_the_report_says(tmp_path: Path) -> None:
    written = proved(tmp_path, IRIS, "--standardise")
    assert "standardised: sepal_length -> (x - " in written.instance["provenance"]
    for column in zip(*written.inputs, strict=True):
        mean = sum(column) / len(column)
        assert abs(mean) <= Fraction(1, 20)
        assert Fraction(9, 10) < sum((v - mean) ** 2 for v in column) / len(column) < Fraction(11, 10)


def test_the_seed_matters_and_only_the_seed(tmp_path: Path) -> None:
    names = ("instance.json", "certificate.json")
    first, again, other = (
        {name: (prove(tmp_path / folder, WINE, "--seed", seed).folder / name).read_bytes() for name in names}
        for folder, seed in (("a", 3), ("b", 3), ("c", 4))
    )
    assert first == again
    assert first != other


def test_json_agrees_with_the_text_and_the_files(tmp_path: Path) -> None:
    text = proved(tmp_path, IRIS)
    ended = certify("prove", IRIS, "--out", tmp_path, "--json")
    document = json.loads(ended.out)
    assert ended.code == 0
    assert document["verdict"] == "PROVED"
    assert document["instance"] == text.certificate["instance"]
    assert [s["lemma"].removesuffix("/1") for s in document["steps"]] == text.lemmas
    for line in [document["claim"], document["instance"], *document["scope"], *document["notes"]]:
        assert line in text.ended.out
    for step in document["steps"]:
        assert step["detail"] in text.ended.out
        assert step["margin"] in text.ended.out
    assert document["failure"] is None
    checked = json.loads(text.check("--json").out)
    assert {key: document[key] for key in checked} == checked
