"""`certify examine`: the networks of examples/trained come out as their README says, and bad input is refused."""

from __future__ import annotations

import json
import shutil
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from flint import fmpq

from certify.report.examined import examined_scope
from proofs.claimed_optimum import ClaimedOptimum
from proofs.examined import ExaminedPoint, ExaminedSlope
from proofs.full_network import Shape
from tests.proofs.examined import EXAMINED
from tests.running import EXAMPLES, Ended, certify

TRAINED = EXAMPLES / "trained"
WAVE, NOISE, TWICE = (TRAINED / f"{name}.csv" for name in ("wave", "noise", "wave-twice"))

ANSWERS: dict[str, tuple[Path, str, int, str, list[str]]] = {
    "wave-minimum.safetensors": (
        WAVE, "tanh", 0, "PROVED  strict local minimum, not global",
        ["critical-point/1", "strict-minimum/1", "examined-better-point/1", "spectrum/1"],
    ),
    "wave-stuck.npz": (
        WAVE, "tanh", 0, "PROVED  strict local minimum, not global",
        ["critical-point/1", "strict-minimum/1", "examined-better-point/1", "spectrum/1"],
    ),
    "wave-saddle.npz": (
        WAVE, "tanh", 3, "PROVED  not a minimum: a saddle", ["critical-point/1", "saddle/1", "spectrum/1"],
    ),
    "wave-replicated.npz": (
        WAVE, "tanh", 3, "PROVED  not a minimum: a saddle", ["critical-point/1", "replicated-saddle/1"],
    ),
    "wave-early.npz": (
        WAVE, "tanh", 3, "PROVED  not a minimum: the loss falls along one direction", ["not-critical/1"],
    ),
    "noise-replicated.npz": (
        NOISE, "silu", 0, "PROVED  local minimum, not global",
        ["critical-point/1", "strict-minimum/1", "replicated-minimum/1", "zero-optimum/1"],
    ),
    "noise-wide.npz": (NOISE, "silu", 0, "PROVED  global minimum, loss 0", ["zero-loss/1"]),
    "noise-wide-stuck.npz": (
        NOISE, "relu", 0, "PROVED  local minimum, strict but for 18 symmetries, not global",
        ["critical-point/1", "strict-minimum/1", "examined-optimum/1"],
    ),
    "wave-dead.npz": (
        WAVE, "relu", 0, "PROVED  local minimum, strict but for 12 symmetries, not global",
        ["critical-point/1", "strict-minimum/1", "examined-better-point/1"],
    ),
    "wave-live.npz": (
        WAVE, "relu", 0, "PROVED  local minimum, strict but for 4 symmetries", ["critical-point/1", "strict-minimum/1"],
    ),
    "wave-twice.npz": (
        TWICE, "tanh", 0, "PROVED  local minimum, strict but for 4 symmetries, not global",
        ["critical-point/1", "strict-minimum/1", "examined-better-point/1"],
    ),
}  # fmt: skip


def examine(model: Path, data: Path, activation: str, out: Path, *more: object, target: str = "y") -> Ended:
    return certify(
        "examine", model, "--data", data, "--target", target, "--activation", activation, "--out", out, *more
    )


@pytest.mark.parametrize("name", ANSWERS)
def test_the_examples(tmp_path: Path, name: str) -> None:
    data, activation, code, verdict, lemmas = ANSWERS[name]
    ended = examine(TRAINED / name, data, activation, tmp_path)
    assert (ended.code, verdict in ended.out) == (code, True), ended
    assert ("NOT A MINIMUM" in ended.out) == (code == 3)
    certificate = json.loads((tmp_path / "certificate.json").read_text("utf-8"))
    assert [step["lemma"] for step in certificate["steps"]] == lemmas
    assert verdict.removeprefix("PROVED  ") in (tmp_path / "report.md").read_text("utf-8")
    checked = certify("check", "--second", tmp_path / "instance.json", tmp_path / "certificate.json")
    assert checked.code == 0, checked
    assert "the second checker agrees: PROVED" in checked.out


@pytest.mark.parametrize("name", ANSWERS)
def test_the_readme_of_the_examples(name: str) -> None:
    _, _, code, _, _ = ANSWERS[name]
    (line,) = [row for row in (TRAINED / "README.md").read_text("utf-8").splitlines() if f"`{name}`" in row]
    assert line.endswith(f"| {code} |")


def arrays(name: str) -> dict[str, Any]:
    return dict(np.load(TRAINED / name))


def test_weights_that_were_moved_are_no_minimum(tmp_path: Path) -> None:
    """The negative twin: near, but farther than asked for."""
    moved = arrays("wave-stuck.npz")
    moved["b1"] = moved["b1"] + 0.02
    np.savez(tmp_path / "m.npz", **moved)
    ended = examine(tmp_path / "m.npz", WAVE, "tanh", tmp_path / "out")
    assert ended.code == 3
    assert "farther than --within 0.0001" in ended.out
    assert "no critical point is there" in ended.out
    wider = examine(tmp_path / "m.npz", WAVE, "tanh", tmp_path / "out", "--within", 1)
    assert wider.code == 0
    assert "strict local minimum" in wider.out


MINIMA = [name for name, answer in ANSWERS.items() if answer[2] == 0]


@pytest.mark.parametrize("name", MINIMA)
def test_permuted_labels_are_no_minimum(tmp_path: Path, name: str) -> None:
    data, activation, *_ = ANSWERS[name]
    header, *rows = data.read_text("utf-8").splitlines()
    inputs, labels = zip(*(row.rsplit(",", 1) for row in rows), strict=True)
    lines = [f"{x},{y}" for x, y in zip(inputs, [*labels[5:], *labels[:5]], strict=True)]
    (tmp_path / "d.csv").write_text("\n".join([header, *lines]) + "\n", "utf-8")
    ended = examine(TRAINED / name, tmp_path / "d.csv", activation, tmp_path / "out")
    assert ended.code == 3, ended


@pytest.mark.parametrize("name", [name for name in MINIMA if name.endswith(".npz")])
def test_perturbed_weights_are_no_minimum(tmp_path: Path, name: str) -> None:
    data, activation, *_ = ANSWERS[name]
    numbers = np.random.default_rng(0)
    moved = {key: array + numbers.normal(0, 0.02, array.shape) for key, array in arrays(name).items()}
    np.savez(tmp_path / "m.npz", **moved)
    ended = examine(tmp_path / "m.npz", data, activation, tmp_path / "out")
    assert ended.code == 3, ended


SPLITS: dict[str, tuple[str, list[float]]] = {
    "of a saddle": ("wave-saddle.npz", [0.25, 0.75]),
    "of a saddle, of both signs": ("wave-saddle.npz", [1.5, -0.5]),
    "of a minimum, of both signs": ("wave-stuck.npz", [-1.0, 2.0]),
}


@pytest.mark.parametrize("name", SPLITS)
def test_a_unit_twice(tmp_path: Path, name: str) -> None:
    """What was undecided once: that the network with each unit once is at a saddle, or shares of both signs."""
    source, shares = SPLITS[name]
    network = arrays(source)
    twice = {key: np.concatenate([network[key], network[key][[1]]]) for key in ("W1", "b1")}
    first, second = network["v"][0]
    np.savez(tmp_path / "m.npz", **twice, v=[[first, shares[0] * second, shares[1] * second]], c=network["c"])
    ended = examine(tmp_path / "m.npz", WAVE, "tanh", tmp_path / "out")
    assert ended.code == 3, ended
    assert "PROVED  not a minimum: a saddle" in ended.out
    assert "replicated-saddle/1" in ended.out
    assert "it is not claimed to be isolated" in ended.out
    checked = certify("check", "--second", tmp_path / "out/instance.json", tmp_path / "out/certificate.json")
    assert "the second checker agrees: PROVED" in checked.out
    claim = json.loads((tmp_path / "out/certificate.json").read_text("utf-8"))["claim"]
    assert claim["box_radius"] is None


@pytest.mark.parametrize(("name", "widths"), [("two-outputs-saddle", "3"), ("deep-saddle", "2-2")])
def test_replicas_with_two_outputs_and_in_two_layers(tmp_path: Path, name: str, widths: str) -> None:
    case = EXAMINED[name]
    network, data = case.document["network"], case.document["data"]
    targets = ["y", "z"][: len(data["targets"][0])]
    pairs = zip(data["inputs"], data["targets"], strict=True)
    rows = [",".join(str(float(Fraction(v))) for v in (*x, *y)) for x, y in pairs]
    (tmp_path / "d.csv").write_text("\n".join([",".join(["x", *targets]), *rows]) + "\n", "utf-8")
    shape = Shape((1, *network["widths"], len(targets)), network["output_bias"])
    layers = shape.rows([float(Fraction(v)) for v in case.claim["network"]])
    names = [f"{kind}{h}" for h in range(1, len(layers)) for kind in "Wb"] + ["v", "c"]
    matrices = [np.array([[float(v) for v in row] for row in rows]) for rows in layers]
    tensors = [part for matrix in matrices for part in (matrix[:, :-1], matrix[:, -1])]
    found = dict(zip(names, tensors, strict=True))
    if not network["output_bias"]:
        del found["c"]
    np.savez(tmp_path / "m.npz", **found)
    target = ",".join(targets)
    ended = examine(tmp_path / "m.npz", tmp_path / "d.csv", network["activation"], tmp_path / "out", target=target)
    assert ended.code == 3, ended
    assert f"with replicated units, of widths {widths}" in ended.out


def test_a_lift_that_is_too_far_is_not_claimed(tmp_path: Path) -> None:
    """Copies that differ by 1e-7 are merged, but not where less than that is asked for."""
    network = arrays("wave-replicated.npz")
    network["b1"][1] += 1e-7
    np.savez(tmp_path / "m.npz", **network)
    assert examine(tmp_path / "m.npz", WAVE, "tanh", tmp_path / "out").code == 3
    nearer = examine(tmp_path / "m.npz", WAVE, "tanh", tmp_path / "out", "--within", "1e-8")
    assert "farther than --within 1e-08" in nearer.out, nearer


def test_another_network_shown_to_be_better(tmp_path: Path) -> None:
    stuck = TRAINED / "wave-stuck.npz"
    better = arrays("wave-stuck.npz")
    np.savez(tmp_path / "same.npz", **better)
    ended = examine(stuck, WAVE, "tanh", tmp_path / "out", "--better", tmp_path / "same.npz")
    assert ended.code == 0
    assert "PROVED  strict local minimum\n" in ended.out
    assert "not certainly better" in ended.out
    from certify.models.network import read_network

    minimum = read_network(TRAINED / "wave-minimum.safetensors")
    hidden, top = minimum.layers
    numbers = [[[int(w.p) / int(w.q) for w in row] for row in layer.weights] for layer in (hidden, top)]
    biases = [[int(b.p) / int(b.q) for b in layer.biases] for layer in (hidden, top)]
    np.savez(tmp_path / "b.npz", W1=numbers[0], b1=biases[0], v=numbers[1], c=biases[1])
    ended = examine(stuck, WAVE, "tanh", tmp_path / "out", "--better", tmp_path / "b.npz")
    assert "a loss lower by at least 0.3" in ended.out
    wide = {"W1": np.ones((3, 1)), "b1": np.ones(3), "v": np.ones((1, 3)), "c": np.ones(1)}
    np.savez(tmp_path / "wide.npz", **wide)
    refused = examine(stuck, WAVE, "tanh", tmp_path / "out", "--better", tmp_path / "wide.npz")
    assert refused.code == 2
    assert "expected the shape of the examined one, 1-2-1" in refused.err


LEAST = "of the loss over all networks of this shape is "
LEAST_LOSSES = {
    "fit": f"the global minimum {LEAST}exactly 0\n",
    "wide": f"the global minimum {LEAST}exactly 0\n",
    "wide-repeated": f"the global minimum {LEAST}exactly 5/8\n",
    "wide-saddle": f"the global minimum {LEAST}exactly 0\n",
    "wide-logistic": f"the infimum {LEAST}exactly 0; none of them attains it\n",
    "wide-entropy": f"the infimum {LEAST}at least 2.77 and at most 2.78; none of them attains it\n",
    "wide-huber": f"the global minimum {LEAST}at least 0.297 and at most 0.298\n",
}


@pytest.mark.parametrize("name", LEAST_LOSSES)
def test_the_least_loss_in_words(tmp_path: Path, name: str) -> None:
    case = EXAMINED[name]
    (tmp_path / "i.json").write_text(json.dumps(case.document), "utf-8")
    (tmp_path / "c.json").write_text(json.dumps(case.certificate()), "utf-8")
    ended = certify("check", tmp_path / "i.json", tmp_path / "c.json")
    assert (ended.code, f"scope: {LEAST_LOSSES[name]}" in ended.out) == (0, True), ended


def test_a_least_loss_that_is_a_long_fraction() -> None:
    """It is exact in the claim, and rounded both ways in words."""
    case = EXAMINED["wide"]
    long = fmpq(1, 2) + fmpq(1, 10**50 + 1)
    claim = ExaminedSlope(ExaminedPoint((), fmpq(0)), ClaimedOptimum(long, long, True))
    (line,) = [line for line in examined_scope(case.instance, claim) if LEAST in line]
    assert line == f"the global minimum {LEAST}at least 0.5 and at most 0.501"


def test_a_better_network_beside_the_least_loss(tmp_path: Path) -> None:
    """Another network says less than the least loss does, and is not searched for."""
    stuck = TRAINED / "noise-wide-stuck.npz"
    better = arrays("noise-wide-stuck.npz")
    better["v"] = better["v"] * 0.999
    np.savez(tmp_path / "b.npz", **better)
    ended = examine(stuck, NOISE, "relu", tmp_path / "out", "--better", tmp_path / "b.npz")
    assert "not claimed: sub-optimality: the other network is not certainly better" in ended.out
    assert "a network of the same shape has a loss lower by at least 0.544\n" in ended.out
    claim = json.loads((tmp_path / "out/certificate.json").read_text("utf-8"))["claim"]
    assert claim["optimum"] == {"lower": "0", "upper": "0", "attained": True}
    assert 0 < Fraction(claim["gap"]) < Fraction(claim["loss_lower"])


def test_the_same_network_without_its_dead_units_is_too_narrow(tmp_path: Path) -> None:
    network = arrays("noise-wide-stuck.npz")
    live = [0, 1, 3, 4, 6, 7]
    narrow = {"W1": network["W1"][live], "b1": network["b1"][live], "v": network["v"][:, live], "c": network["c"]}
    np.savez(tmp_path / "m.npz", **narrow)
    ended = examine(tmp_path / "m.npz", NOISE, "relu", tmp_path / "out")
    assert (ended.code, LEAST in ended.out, "examined-optimum" in ended.out) == (0, False, False), ended
    decayed = examine(TRAINED / "noise-wide-stuck.npz", NOISE, "relu", tmp_path / "out", "--weight-decay", "0.001")
    assert (decayed.code, "examined-optimum" in decayed.out) == (3, False), decayed


def test_as_json(tmp_path: Path) -> None:
    ended = examine(TRAINED / "wave-saddle.npz", WAVE, "tanh", tmp_path, "--json")
    document = json.loads(ended.out)
    assert (ended.code, document["verdict"], document["claim"]) == (3, "PROVED", "not a minimum: a saddle")
    assert document["scope"]
    assert document["found"][1] == "eigenvalues of the Hessian between -0.00122 and 66.7, 1 negative"


def test_symmetries_in_words(tmp_path: Path) -> None:
    ended = examine(TRAINED / "wave-dead.npz", WAVE, "relu", tmp_path)
    for words in (
        "units 0, 2 of layer 1 are dead on the data (pre-activations ≥ 0.288 from kinks)",
        "6 of their parameters are free",
        "unit 3 of layer 1 has a bias that can be shifted",
        "units 1, 3, 4 of layer 1 can be scaled",
        "agrees with its centre in the parameters fixed for the 12 symmetries has a larger loss",
    ):
        assert words in ended.out
        assert words in (tmp_path / "report.md").read_text("utf-8")
    certificate = json.loads((tmp_path / "certificate.json").read_text("utf-8"))
    assert (certificate["claim"]["strict"], certificate["claim"]["symmetries"]) == (False, 12)
    dead = examine(TRAINED / "wave-twice.npz", TWICE, "tanh", tmp_path)
    assert "move along dependencies of the inputs, in 4 ways" in dead.out


def test_a_dead_unit_revived_by_one_sample(tmp_path: Path) -> None:
    """At x = 100 the dead units are not dead, and the network is no minimum there."""
    (tmp_path / "d.csv").write_text(WAVE.read_text("utf-8") + "100,0\n-100,0\n", "utf-8")
    ended = examine(TRAINED / "wave-dead.npz", tmp_path / "d.csv", "relu", tmp_path / "out")
    assert ended.code == 3, ended
    assert "dead" not in ended.out


def test_perturbed_weights_of_live_units(tmp_path: Path) -> None:
    moved = arrays("wave-dead.npz")
    moved["c"] = moved["c"] + 0.01
    np.savez(tmp_path / "m.npz", **moved)
    ended = examine(tmp_path / "m.npz", WAVE, "relu", tmp_path / "out")
    assert (ended.code, "PROVED  not a minimum" in ended.out) == (3, True), ended


def test_perturbed_weights_of_dead_units(tmp_path: Path) -> None:
    """They are as free as they are said to be."""
    moved = arrays("wave-dead.npz")
    moved["W1"][0] += 0.01
    moved["v"][0, 2] -= 5
    np.savez(tmp_path / "m.npz", **moved)
    ended = examine(tmp_path / "m.npz", WAVE, "relu", tmp_path / "out")
    assert (ended.code, "strict but for 12 symmetries" in ended.out) == (0, True), ended


def test_samples_at_a_kink_are_undecided_with_the_reason(tmp_path: Path) -> None:
    """A further unit, all of whose samples are at the kink: nothing is known of its incoming weights."""
    network = arrays("wave-live.npz")
    idle = {
        "W1": np.concatenate([network["W1"], [[0.0]]]),
        "b1": np.concatenate([network["b1"], [0.0]]),
        "v": np.concatenate([network["v"], [[0.5]]], axis=1),
        "c": network["c"],
    }
    np.savez(tmp_path / "m.npz", **idle)
    ended = examine(tmp_path / "m.npz", WAVE, "relu", tmp_path / "out")
    assert ended.code == 4, ended
    assert "unit 3 of layer 1 is only 0 away from a kink at sample 0" in ended.out


def test_a_fit_at_a_kink_is_undecided_and_no_crash(tmp_path: Path) -> None:
    (tmp_path / "d.csv").write_text("x,y\n0,0\n1,1\n", "utf-8")
    np.savez(tmp_path / "m.npz", W1=[[1.0]], b1=[0.0], v=[[1.0]], c=[0.0])
    ended = examine(tmp_path / "m.npz", tmp_path / "d.csv", "relu", tmp_path / "out")
    assert (ended.code, "kink" in ended.out, ended.err) == (4, True, ""), ended


def test_saturated_units_are_undecided_with_the_reason(tmp_path: Path) -> None:
    """The incoming weights of a saturated unit are flat up to 1e-50: no minimum is proved. And that critical points are
    excluded within 1e-7, which rounded weights are enough for, says nothing about the training."""
    network = arrays("wave-stuck.npz")
    dead = {
        "W1": np.concatenate([network["W1"], [[0.5]]]),
        "b1": np.concatenate([network["b1"], [60.0]]),
        "v": np.concatenate([network["v"], [[0.0]]], axis=1),
        "c": network["c"],
    }
    np.savez(tmp_path / "m.npz", **dead)
    ended = examine(tmp_path / "m.npz", WAVE, "tanh", tmp_path / "out")
    assert ended.code == 4, ended
    assert ended.out.startswith("UNDECIDED")
    assert "flat direction" in ended.out
    assert "unit 2 of layer 1 is saturated, |σ'| ≤ " in ended.out
    assert "no exact symmetry" in ended.out
    assert "excluded only within" in ended.out
    assert not (tmp_path / "out").exists()
    assert json.loads(examine(tmp_path / "m.npz", WAVE, "tanh", tmp_path / "out", "--json").out)["reason"]


REFUSED: dict[str, tuple[list[object], str]] = {
    "an unknown activation": (["--activation", "tanj"], "did you mean 'tanh'"),
    "an unknown loss": (["--loss", "square"], "unknown 'square'"),
    "no distance": (["--within", "0"], "--within"),
    "nan": (["--within", "nan"], "--within"),
    "an unknown target": (["--target", "z"], "no column 'z'"),
    "too many outputs": (["--target", "x,y", "--features", "y"], "cannot be a feature and a target"),
    "too few inputs": (["--features", "x,y", "--target", "x"], "cannot be a feature and a target"),
    "unknown layers": (["--layers", "a,b"], "--layers"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_bad_input(tmp_path: Path, name: str) -> None:
    options, message = REFUSED[name]
    ended = examine(TRAINED / "wave-stuck.npz", WAVE, "tanh", tmp_path / "out", *options)
    assert ended.code == 2, ended
    assert message in ended.err
    assert not (tmp_path / "out").exists()


def test_data_of_another_shape(tmp_path: Path) -> None:
    (tmp_path / "d.csv").write_text("a,b,y\n1,2,3\n4,5,6\n", "utf-8")
    ended = examine(TRAINED / "wave-stuck.npz", tmp_path / "d.csv", "tanh", tmp_path / "out")
    assert ended.code == 2
    assert "the network 1-2-1 has 1 inputs, but d.csv gives 2 (a, b); name them in order with --features" in ended.err
    two = examine(TRAINED / "wave-stuck.npz", tmp_path / "d.csv", "tanh", tmp_path / "out", target="b,y")
    assert "name them in order with --target" in two.err


def test_hostile_files_exit_with_two(tmp_path: Path) -> None:
    shutil.copy(TRAINED / "wave-minimum.safetensors", tmp_path / "m.safetensors")
    content = (tmp_path / "m.safetensors").read_bytes()
    for broken in (content[:-1], content[:20], b"", content + b"x"):
        (tmp_path / "m.safetensors").write_bytes(broken)
        ended = examine(tmp_path / "m.safetensors", WAVE, "tanh", tmp_path / "out")
        assert ended.code == 2, ended
    missing = examine(tmp_path / "none.npz", WAVE, "tanh", tmp_path / "out")
    assert (missing.code, "no such file" in missing.err) == (2, True)


def test_a_network_that_is_too_large_is_undecided(tmp_path: Path) -> None:
    units = 300
    np.savez(tmp_path / "m.npz", W1=np.ones((units, 1)), b1=np.ones(units), v=np.ones((1, units)), c=np.ones(1))
    ended = examine(tmp_path / "m.npz", WAVE, "tanh", tmp_path / "out")
    assert ended.code == 4
    assert "901 parameters; networks of at most 600 are examined" in ended.out


def test_too_many_layers(tmp_path: Path) -> None:
    layers = {
        f"{k}.{part}": np.ones((1, 1) if part == "weight" else 1) for k in range(10) for part in ("weight", "bias")
    }
    np.savez(tmp_path / "m.npz", **layers)
    ended = examine(tmp_path / "m.npz", WAVE, "tanh", tmp_path / "out")
    assert ended.code == 2
    assert "9 hidden layers" in ended.err


IRIS, COINS = EXAMPLES / "iris.csv", TRAINED / "coins.csv"
ENTROPY = ("--loss", "cross-entropy")
DECAYED: dict[str, tuple[Path, str, list[object], str, str]] = {
    "wave-decay.npz": (WAVE, "y", ["--weight-decay", "0.001"], "1/100", "strict local minimum\n"),
    "coins-decay.npz": (
        COINS, "y", ["--loss", "logistic", "--weight-decay", "0.001"], "3/200", "strict local minimum\n",
    ),
    "iris-decay-stuck.npz": (
        IRIS, "species", [*ENTROPY, "--weight-decay", "0.003", "--better", TRAINED / "iris-decay.npz"], "9/40",
        "strict local minimum, not global\n",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", DECAYED)
def test_the_examples_with_decay(tmp_path: Path, name: str) -> None:
    """Trained with decay, proved with it by both checkers; refuted without it, with other decay, and without that of
    the biases."""
    data, target, options, factor, verdict = DECAYED[name]
    ended = examine(TRAINED / name, data, "tanh", tmp_path, *options, target=target)
    assert (ended.code, f"PROVED  {verdict}" in ended.out) == (0, True), ended
    assert f"plus {factor} Σ w^2 over all weights and {factor} Σ b^2 over all biases" in ended.out
    assert f"the sum of the losses has {factor} Σ w^2 and {factor} Σ b^2 beside it" in ended.out
    document = json.loads((tmp_path / "instance.json").read_text("utf-8"))
    assert document["weight_decay"] == {"weights": factor, "biases": factor}
    checked = certify("check", "--second", tmp_path / "instance.json", tmp_path / "certificate.json")
    assert "the second checker agrees: PROVED" in checked.out, checked
    report = (tmp_path / "report.md").read_text("utf-8")
    assert f"plus {factor} Σ w^2 over all weights" in report
    without = [o for o in options if o not in ("--weight-decay", "0.001", "0.003")]
    for others in (without, [*options, "--reduction", "sum"], [*options, "--no-decay-biases"]):
        twin = examine(TRAINED / name, data, "tanh", tmp_path / "twin", *others, target=target)
        assert (twin.code, "NOT A MINIMUM" in twin.out) == (3, True), twin


@pytest.mark.parametrize("name", DECAYED)
def test_permuted_labels_with_decay_are_no_minimum(tmp_path: Path, name: str) -> None:
    data, target, options, _, _ = DECAYED[name]
    header, *rows = data.read_text("utf-8").splitlines()
    cells = [row.rpartition(",") for row in rows]
    labels = [label for _, _, label in cells]
    lines = [f"{inputs},{label}" for (inputs, _, _), label in zip(cells, [*labels[7:], *labels[:7]], strict=True)]
    (tmp_path / "d.csv").write_text("\n".join([header, *lines]) + "\n", "utf-8")
    ended = examine(TRAINED / name, tmp_path / "d.csv", "tanh", tmp_path / "out", *options, target=target)
    assert ended.code == 3, ended


@pytest.mark.parametrize("decay", [[], ["--weight-decay", "0.01", "--no-decay-biases"]])
def test_a_degenerate_critical_point_is_undecided(tmp_path: Path, decay: list[object]) -> None:
    """Zero weights, and biases that give the frequencies of the labels: the gradient is zero but for rounding."""
    ys = [line.split(",")[1] for line in COINS.read_text("utf-8").splitlines()[1:]]
    text = COINS.read_text("utf-8").replace(",0", ",no").replace(",1", ",yes")
    (tmp_path / "d.csv").write_text(text, "utf-8")
    share = ys.count("1") / len(ys)
    zeros = {"W1": np.zeros((1, 1)), "b1": np.zeros(1), "v": np.zeros((2, 1))}
    np.savez(tmp_path / "m.npz", **zeros, c=np.log([1 - share, share]))
    ended = examine(tmp_path / "m.npz", tmp_path / "d.csv", "tanh", tmp_path / "out", *ENTROPY, *decay)
    assert ended.code == 4, ended
    assert ended.out.startswith("UNDECIDED  ")


def test_labels_of_wine(tmp_path: Path) -> None:
    numbers = np.random.default_rng(0)
    arrays = {"W1": numbers.normal(0, 1e-3, (2, 13)), "b1": np.zeros(2), "v": numbers.normal(size=(3, 2))}
    np.savez(tmp_path / "m.npz", **arrays, c=np.zeros(3))
    ended = examine(tmp_path / "m.npz", EXAMPLES / "wine.csv", "tanh", tmp_path / "out", *ENTROPY, target="cultivar")
    assert ended.code == 3, ended
    assert "outputs  cultivar=class_0, cultivar=class_1, cultivar=class_2" in ended.out


REFUSED_LOSSES: dict[str, tuple[list[object], str]] = {
    "numbers instead of labels": ([*ENTROPY], "sample 1: the targets are not probabilities that sum to 1"),
    "negative decay": (["--weight-decay", "-1"], "--weight-decay: expected a number that is not negative"),
    "decay that is no number": (["--weight-decay", "a"], "--weight-decay"),
    "an unknown reduction": (["--weight-decay", "1", "--reduction", "max"], "--reduction"),
}


@pytest.mark.parametrize("name", REFUSED_LOSSES)
def test_bad_losses(tmp_path: Path, name: str) -> None:
    options, message = REFUSED_LOSSES[name]
    ended = examine(TRAINED / "wave-stuck.npz", WAVE, "tanh", tmp_path / "out", *options)
    assert (ended.code, message in ended.err) == (2, True), ended


def test_prove_does_not_know_the_cross_entropy(tmp_path: Path) -> None:
    ended = certify("prove", IRIS, "--construction", "fitted", "--loss", "cross-entropy", "--out", tmp_path)
    assert (ended.code, "available: squared, logistic, pseudo-huber, poisson" in ended.err) == (2, True)
