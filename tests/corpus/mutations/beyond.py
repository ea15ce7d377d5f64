"""better-point/1, exact-optimum/1, generic-data/1 and obstruction/1."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import combinations
from typing import Any

import mpmath

from tests.corpus import oracle
from tests.corpus.corpus import PROVED, Answer, Case, Document, copied, rejected, undecided
from tests.corpus.subject import Subject, layers_of, tiny
from tests.proofs.build import BETTER, GENERIC, MINIMUM, OBSTRUCTION, OPTIMUM, POINT
from tests.proofs.oracle import real


def better(subject: Subject) -> Iterator[Case]:
    if not subject.has(BETTER):
        return
    s = subject.lemmas[BETTER]
    good = subject.arguments(BETTER)

    def case(change: str, expected: Answer, edit: Callable[[Any], Any], because: str = "") -> Case:
        draft = subject.draft()
        edit(draft.arguments(BETTER))
        if expected == PROVED:
            draft.claim["gap"] = draft.arguments(BETTER)["gap"]
        return draft.case(change, expected, because)

    for wrong in ("0", "-7", str(-tiny(50)), f"-{good['gap']}"):
        draft = subject.draft()
        draft.arguments(BETTER)["gap"] = wrong
        draft.claim["kind"] = "local-minimum"  # otherwise the claim would show it
        del draft.claim["gap"]
        yield draft.case(f"gap {wrong[:6]}", rejected(s, "BP02"))
    yield case("half the gap", PROVED, lambda a: a.update(gap=str(Fraction(good["gap"]) / 2)), "a weaker claim")
    yield from _gaps(subject, case, s)
    yield from shapes(subject, case, s)
    yield from _weights(subject, case, s)
    widths = subject.network["widths"]
    if widths != "every":
        for h in range(subject.depth):
            draft = subject.draft()
            missing = widths[h] + 1 - len(draft.arguments(BETTER)["layers"][h]["biases"])
            for _ in range(missing):
                add_unit(draft.arguments(BETTER), h)
            yield draft.case(f"layer {h + 1} wider than it is", rejected(s, "BP04"), f"d_{h + 1} = {widths[h]}")
    elif subject.claim["kind"] == "suboptimal-local-minimum":
        draft = subject.draft()
        add_unit(draft.arguments(BETTER), 0)
        shown = subject.shows_lower(subject.claim["least_widths"], Fraction(subject.claim["gap"]), without=BETTER)
        wider = PROVED if shown else rejected("claim", "CL05")
        yield draft.case("a better point of one more unit", wider, "the least widths are too small")


def add_unit(arguments: dict[str, Any], h: int) -> None:
    """One unit more in layer h + 1, with outgoing weights 0."""
    layers = arguments["layers"]
    layers[h]["weights"].append(list(layers[h]["weights"][0]))
    layers[h]["biases"].append("1")
    for row in layers[h + 1]["weights"]:
        row.append("0")


def _difference(subject: Subject, layers: oracle.Layers) -> Any:
    """E* minus the loss of the network, to about 50 digits."""
    with mpmath.workdps(oracle.DIGITS):
        lost = oracle.loss(subject.activation, layers, subject.inputs, subject.targets)
        return real(Fraction(subject.claim["loss"])) - lost


def _gaps(subject: Subject, case: Any, s: str) -> Iterator[Case]:
    """The true gap, and a unit of the sixth or twelfth digit more; nearer than any precision it is undecided."""
    true = _difference(subject, subject.layers())
    for digits in (6, 12):
        with mpmath.workdps(oracle.DIGITS):
            exponent = int(mpmath.floor(mpmath.log10(true))) - digits + 1
            unit = Fraction(10) ** exponent
            steps = int(mpmath.floor(true / real(unit)))
        wrong, right = (steps + 1) * unit, (steps - 1) * unit
        yield case(
            f"gap beyond the true one at digit {digits}", rejected(s, "BP05"), lambda a, g=wrong: a.update(gap=str(g))
        )
        yield case(f"gap below the true one at digit {digits}", PROVED, lambda a, g=right: a.update(gap=str(g)))
    loss = subject.claim["loss"]
    yield case("gap E*", rejected(s, "BP05"), lambda a: a.update(gap=loss), "no loss of this network is 0")
    yield case("gap above E*", rejected(s, "BP05"), lambda a: a.update(gap=str(Fraction(loss) + tiny(20))))
    if subject.activation != "square" and subject.good.certificate["precision"] <= 140:
        with mpmath.workdps(oracle.DIGITS):
            near = Fraction(mpmath.nstr(true, 54, strip_zeros=False))
        yield case("gap too near the true one", undecided(s, "BP05"), lambda a: a.update(gap=str(near)), "within 1e-53")


def shapes(subject: Subject, case: Any, s: str) -> Iterator[Case]:
    wrong = rejected(s, "BP03")
    yield case("no layers", wrong, lambda a: a.update(layers=[]))
    yield case("a layer less", wrong, lambda a: a["layers"].pop())
    yield case("a layer twice", wrong, lambda a: a["layers"].append(copied(a["layers"][-1])))
    edits: dict[str, Callable[[Any], Any]] = {
        "a unit less": lambda layer: layer["weights"].pop(),
        "a bias less": lambda layer: layer["biases"].pop(),
        "a bias more": lambda layer: layer["biases"].append("0"),
        "a weight less": lambda layer: layer["weights"][0].pop(),
        "a weight more": lambda layer: layer["weights"][-1].append("0"),
        "empty": lambda layer: layer.update(weights=[], biases=[]),
    }
    for h in range(subject.depth + 1):
        for change in list(edits)[(h + len(subject.name)) % 2 :: 2]:
            yield case(f"layer {h + 1}: {change}", wrong, lambda a, h=h, edit=edits[change]: edit(a["layers"][h]))
    if not subject.biased:
        yield case(
            "an output bias", wrong, lambda a: a["layers"][-1]["biases"].__setitem__(0, str(tiny(60))), "it has none"
        )


def _weights(subject: Subject, case: Any, s: str) -> Iterator[Case]:
    """A weight with the other sign, and the smallest power of ten by which the first can be moved too far."""
    gap = real(Fraction(subject.arguments(BETTER)["gap"]))
    if len(subject.inputs) > 20:
        return

    def verdict(arguments: dict[str, Any]) -> Answer | None:
        margin = _difference(subject, layers_of(arguments)) - gap
        if abs(margin) < mpmath.mpf(10) ** -25:
            return None
        return PROVED if margin > 0 else rejected(s, "BP05")

    for h, layer in enumerate(subject.arguments(BETTER)["layers"]):
        for i, row in enumerate(layer["weights"]):
            k = (h + i) % len(row)
            if row[k] != "0":
                arguments = subject.arguments(BETTER)
                arguments["layers"][h]["weights"][i][k] = str(-Fraction(row[k]))
                if (answer := verdict(arguments)) is not None:
                    yield case(
                        f"layer {h + 1}: weight {i}, {k} negated", answer, lambda a, new=arguments: a.update(new)
                    )
    for h, layer in enumerate(subject.arguments(BETTER)["layers"]):
        if h == subject.depth and not subject.biased:
            continue
        for power in range(-12, 4):
            arguments = subject.arguments(BETTER)
            arguments["layers"][h]["biases"][0] = str(Fraction(layer["biases"][0]) + Fraction(10) ** power)
            answer = verdict(arguments)
            if answer is not None and answer != PROVED:
                yield case(f"layer {h + 1}: bias moved by 1e{power}", answer, lambda a, new=arguments: a.update(new))
                break


def optimum(subject: Subject) -> Iterator[Case]:
    if not subject.has(POINT):
        return
    if subject.activation == "square":
        draft = subject.draft()
        carriers = [{"lower": "1", "upper": "2"}] * (subject.depth - 1)
        direction = [str(Fraction(17) ** j) for j in range(len(subject.inputs[0]))]
        arguments = {"direction": direction, "carriers": carriers}
        draft.steps.append(
            {"id": "more", "lemma": OPTIMUM, "premises": [subject.lemmas[POINT]], "arguments": arguments}
        )
        yield draft.case("a step exact-optimum/1", rejected("more", "EO06"), "z^2 is a polynomial")
    if not subject.has(OPTIMUM):
        return
    s = subject.lemmas[OPTIMUM]
    good = subject.arguments(OPTIMUM)

    def case(change: str, expected: Answer, because: str = "", **arguments: Any) -> Case:
        draft = subject.draft()
        draft.step(OPTIMUM)["arguments"] = good | arguments
        return draft.case(change, expected, because)

    size = len(good["direction"])
    yield case("direction 0", rejected(s, "EO05"), direction=["0"] * size)
    yield case("direction too short", rejected(s, "EO01"), direction=good["direction"][:-1])
    yield case("direction too long", rejected(s, "EO01"), direction=[*good["direction"], "1"])
    small = [str(Fraction(g) * tiny(70)) for g in good["direction"]]
    yield case("direction 1e-70 times as long", PROVED, "only the order counts", direction=small)
    if (blind := blind_direction(subject)) is not None:
        yield case("direction that sees two inputs as one", rejected(s, "EO05"), direction=[str(g) for g in blind])
    carriers = good["carriers"]
    yield case("a carrier too many", rejected(s, "EO01"), carriers=[*carriers, {"lower": "1", "upper": "2"}])
    for h in range(len(carriers)):
        for change, lower, upper, answer in (
            ("empty", "1", "1", rejected(s, "EO01")),
            ("empty by 1e-50", "1", str(1 - tiny(50)), rejected(s, "EO01")),
            ("upside down", "2", "1", rejected(s, "EO01")),
            *flat_carriers(subject.activation, s),
        ):
            new = [*carriers[:h], {"lower": lower, "upper": upper}, *carriers[h + 1 :]]
            yield case(f"carrier {h + 1} {change}", answer, carriers=new)
    if carriers:
        yield case("a carrier too few", rejected(s, "EO01"), carriers=carriers[:-1])
    if not subject.inline:
        return
    distinct = len(subject.groups)
    draft = subject.draft().keep(POINT, MINIMUM, OPTIMUM)
    draft.instance["network"]["widths"] = [7] * (subject.depth - 1) + [distinct - 1]
    yield draft.case(f"d_H = {distinct - 1}", rejected(s, "EO02"), f"{distinct} distinct inputs")
    yield from _repeated(subject, s)
    draft = subject.draft().keep(POINT, OPTIMUM)
    for row in draft.instance["data"]["targets"]:
        row[:] = draft.arguments(POINT)["constants"]
    draft.claim["loss"] = "0"
    yield draft.case("D = 0 and the exact optimum", rejected(s, "EO07"), "a global minimum")


def flat_carriers(activation: str, s: str) -> Iterator[tuple[str, str, str, Answer]]:
    if activation in ("silu", "gelu", "sin", "square", "sech"):
        yield "where sigma turns", "-2", "2", undecided(s, "EO04")


def blind_direction(subject: Subject) -> list[Fraction] | None:
    """A direction other than 0, orthogonal to the difference of two distinct inputs."""
    first, second = (subject.inputs[group[0]] for group in subject.groups[:2])
    difference = [a - b for a, b in zip(first, second, strict=True)]
    for j, k in combinations(range(len(difference)), 2):
        if difference[j] or difference[k]:
            direction = [Fraction(0)] * len(difference)
            direction[j], direction[k] = difference[k], -difference[j]
            return direction
    return None


def _repeated(subject: Subject, s: str) -> Iterator[Case]:
    """Equal inputs with different targets: D stays orthogonal to 1 and x, and M is the same."""
    for group in subject.groups:
        if len(group) > 1:
            for step in (Fraction(1, 7), tiny(60)):
                draft = subject.draft().keep(POINT, MINIMUM, OPTIMUM)
                for n, side in zip(group[:2], (1, -1), strict=True):
                    draft.instance["data"]["targets"][n][0] = str(subject.targets[n][0] + side * step)
                draft.claim["loss"] = draft.claim["gap"] = str(
                    Fraction(subject.claim["loss"]) + _change(subject, group, step)
                )
                because = "no network tells them apart"
                yield draft.case(f"targets {group[:2]} differ, {str(step)[:3]}", rejected(s, "EO03"), because)
            return


def _change(subject: Subject, group: list[int], step: Fraction) -> Fraction:
    """The change of sum D^2 when two targets move by step and -step."""
    first, second = (subject.residuals[0][n] for n in group[:2])
    return (first - step) ** 2 + (second + step) ** 2 - first**2 - second**2


def generic(subject: Subject) -> Iterator[Case]:
    if not subject.has(MINIMUM):
        return
    size = len(subject.inputs[0])
    needed = 1 + size + size * (size + 1) // 2
    if subject.has(GENERIC):
        s = subject.lemmas[GENERIC]
        rows = subject.arguments(GENERIC)["rows"]
        samples = len(subject.inputs)
        for change, wrong in (
            ("a row twice", [*rows[:-1], rows[0]]),
            ("a row twice and more", [*rows, rows[0]]),
            ("a row too few", rows[:-1]),
            ("no row", []),
            ("a row that does not exist", [*rows[:-1], samples]),
            ("row -1", [*rows[:-1], -1]),
            ("row 10^17", [10**17, *rows[1:]]),
        ):
            draft = subject.draft()
            draft.arguments(GENERIC)["rows"] = wrong
            yield draft.case(change, rejected(s, "GD02"))
        draft = subject.draft()
        draft.arguments(GENERIC)["rows"] = rows[::-1]
        yield draft.case("the rows in another order", PROVED)
        twins = next((group for group in subject.groups if len(group) > 1), None)
        if twins is not None:
            wrong = [*twins[:2], *(n for n in range(samples) if n not in twins[:2])][:needed]
            draft = subject.draft()
            draft.arguments(GENERIC)["rows"] = wrong
            yield draft.case("two rows with equal inputs", rejected(s, "GD03"), "two equal rows of the minor")
    elif len(subject.basis) < size and len(subject.inputs) >= needed:
        draft = subject.draft()
        arguments = {"rows": list(range(needed))}
        draft.steps.append(
            {"id": "more", "lemma": GENERIC, "premises": [subject.lemmas[MINIMUM]], "arguments": arguments}
        )
        draft.claim["generic"] = True
        yield draft.case("generic, with dependent features", rejected("more", "GD03"), "the columns are dependent")


def obstruction(subject: Subject) -> Iterator[Case]:
    if not subject.has(OBSTRUCTION):
        return
    s = subject.lemmas[OBSTRUCTION]
    good = subject.arguments(OBSTRUCTION)
    matrix: oracle.Rows = oracle.numbers(good["matrix"])
    size = len(matrix)

    def case(change: str, expected: Answer, because: str = "", **arguments: Any) -> Case:
        draft = subject.draft()
        draft.step(OBSTRUCTION)["arguments"] = good | arguments
        return draft.case(change, expected, because)

    def texts(rows: oracle.Rows) -> list[list[str]]:
        return [[str(v) for v in row] for row in rows]

    negative = [[-v for v in row] for row in matrix]
    turned: Document = {
        "linear": [str(-Fraction(c)) for c in good["linear"]],
        "constant": str(-Fraction(good["constant"])),
    }
    yield case("S, l negated", rejected(s, "OB03"), matrix=texts(negative), **turned)
    zero = [[Fraction(0)] * size for _ in range(size)]
    yield case("S = 0", rejected(s, "OB02"), matrix=texts(zero), linear=["0"] * size, constant="0")
    yield case("S = 0 only", rejected(s, "OB02"), matrix=texts(zero))
    for change, wrong in (
        ("S has a row too few", good["matrix"][:-1]),
        ("S has a row too many", [*good["matrix"], ["0"] * size]),
        ("S has a short row", [*good["matrix"][:-1], good["matrix"][-1][:-1]]),
        ("S is empty", []),
    ):
        yield case(change, rejected(s, "OB01"), matrix=wrong)
    yield case("l too short", rejected(s, "OB01"), linear=good["linear"][:-1])
    yield case("l too long", rejected(s, "OB01"), linear=[*good["linear"], "0"])
    for power in (2, 30):
        yield case(
            f"constant off by 1e-{power}", rejected(s, "OB04"), constant=str(Fraction(good["constant"]) + tiny(power))
        )
        for j in range(size):
            seen = any(x[j] for x in subject.inputs)
            linear = [str(Fraction(c) + tiny(power) * (i == j)) for i, c in enumerate(good["linear"])]
            if seen:
                yield case(f"l_{j} off by 1e-{power}", rejected(s, "OB04"), linear=linear)
            for side in (1, -1):
                changed = [
                    [v + side * tiny(power) * (i == j == k) for k, v in enumerate(row)] for i, row in enumerate(matrix)
                ]
                code = "OB04" if oracle.semidefinite(changed) else "OB03"
                if seen or code == "OB03":
                    yield case(f"S_{j}{j} off by {side}e-{power}", rejected(s, code), matrix=texts(changed))
            for k in range(j):
                changed = [list(row) for row in matrix]
                changed[j][k] += tiny(power)
                yield case(f"S_{j}{k} off by 1e-{power}", rejected(s, "OB01"), "not symmetric", matrix=texts(changed))
                changed[k][j] += tiny(power)
                code = "OB04" if oracle.semidefinite(changed) else "OB03"
                if code == "OB03" or any(x[j] * x[k] for x in subject.inputs):
                    yield case(f"S_{j}{k} = S_{k}{j} off by 1e-{power}", rejected(s, code), matrix=texts(changed))
    twice: Document = {"matrix": texts([[2 * v for v in row] for row in matrix])}
    twice |= {"linear": [str(2 * Fraction(c)) for c in good["linear"]], "constant": str(2 * Fraction(good["constant"]))}
    yield case("S, l twice as large", PROVED, **twice)
    if (relation := _relation(subject)) is not None:
        vector, value = relation
        square = [[a * b for b in vector] for a in vector]
        arguments: Document = {"matrix": texts(square), "linear": ["0"] * size, "constant": str(value * value)}
        draft = subject.draft()
        draft.step(OBSTRUCTION)["arguments"] = arguments
        names = subject.good.instance["data"]["features"]
        draft.claim["features"] = [name for name, entry in zip(names, vector, strict=True) if entry]
        yield draft.case("S is a dependency squared", rejected(s, "OB05"), "S x is constant")
    names = subject.claim["features"]
    for change, wrong_names in (
        ("no feature named", []),
        ("a feature too many", [*names, "more"]),
        ("a feature twice", [*names, names[0]]),
        ("another feature", ["other", *names[1:]]),
        ("a name in capitals", [names[0].upper(), *names[1:]]),
        ("a name with a blank", [names[0] + " ", *names[1:]]),
        ("the features in another order", names[::-1]),
        ("all features of the data", subject.good.instance["data"]["features"]),
    ):
        if wrong_names != names:
            draft = subject.draft()
            draft.claim["features"] = wrong_names
            yield draft.case(change, rejected("claim", "CL10"))
    for n in (0, len(subject.inputs) - 1):
        for power in (2, 40):
            draft = subject.draft()
            j = next(j for j in range(size) if any(matrix[j]))
            x = [v + tiny(power) * (i == j) for i, v in enumerate(subject.inputs[n])]
            draft.instance["data"]["inputs"][n][j] = str(x[j])
            left = sum(matrix[i][k] * x[i] * x[k] for i in range(size) for k in range(size))
            right = sum(Fraction(c) * v for c, v in zip(good["linear"], x, strict=True)) + Fraction(good["constant"])
            if left != right:
                yield draft.case(f"input {n}, {j} off by 1e-{power}", rejected(s, "OB04"))


def _relation(subject: Subject) -> tuple[list[Fraction], Fraction] | None:
    """(q, c) with q.x = c on the data and q != 0, if the features are affinely dependent."""
    columns = [[Fraction(1)] * len(subject.inputs), *(list(column) for column in zip(*subject.inputs, strict=True))]
    for vector in oracle.kernel([list(row) for row in zip(*columns, strict=True)]):
        if any(vector[1:]):
            return vector[1:], -vector[0]
    return None
