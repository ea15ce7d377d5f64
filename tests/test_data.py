"""Reading data sets: every number exactly, every mistake named with its place."""

from __future__ import annotations

import csv
import random
import subprocess
import sys
import tempfile
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy
import pytest
from flint import fmpq
from hypothesis import given
from hypothesis import strategies as st

from certify import csv_file, exact, npz_file
from certify.data import Dataset, read_dataset
from certify.errors import UsageError
from certify.standardise import standardise
from proofs.table import Table

EXAMPLES = Path(__file__).parent.parent / "examples"


def fraction(value: fmpq) -> Fraction:
    return Fraction(int(value.p), int(value.q))


def values(table: Table) -> list[list[Fraction]]:
    return [[fraction(value) for value in table.row(n)] for n in range(table.rows)]


def read_text(folder: Path, text: str | bytes, *args: object, **kwargs: object) -> Dataset:
    path = folder / "table.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_dataset(path, *args, **kwargs)  # type: ignore[arg-type]


def refusal(path: Path, *args: object, **kwargs: object) -> str:
    with pytest.raises(UsageError) as caught:
        read_dataset(path, *args, **kwargs)  # type: ignore[arg-type]
    message = str(caught.value)
    assert message.startswith(str(path))
    return message


# text, and what the message must contain besides the path
REFUSED = {
    "empty": ("", ["empty", "header"]),
    "blank lines only": ("\n\n", ["empty"]),
    "header only": ("a,b\n", ["no samples"]),
    "one sample": ("a,b\n1,2\n", ["one sample", "two"]),
    "short row": ("a,b\n1,2\n3\n", ["line 3", "2, found 1"]),
    "long row": ("a,b\n1,2\n\n3,4,5\n", ["line 4", "2, found 3"]),
    "long row after quoted line break": ('a,b,c\n"x\ny",1,2\n"x",1\n', ["line 4", "3, found 2"]),
    "duplicate header": ("a,b,a\n1,2,3\n4,5,6\n", ["line 1", "'a'"]),
    "duplicate header but for blanks": ("a, a\n1,2\n3,4\n", ["line 1", "'a'"]),
    "nameless column": (",a\n1,2\n3,4\n", ["line 1", "column 1", "no name"]),
    "no header": ("5.1,3.5\n4.9,3.0\n1,2\n", ["line 1", "header", "numbers"]),
    "semicolons": ("a;b\n1,5;2\n2;3\n", ["line 1", "semicolons", "commas"]),
    "tabs": ("a\tb\n1\t2\n2\t3\n", ["line 1", "tabs", "commas"]),
    "text in a numeric column": ("a,b\n1,2\n3,x y\n", ["line 3", "'b'", "'x y'", "expected a number"]),
    "empty cell": ("a,b\n1,2\n3,4\n ,5\n", ["line 4", "'a'", "empty cell"]),
    "empty first cell": ("a,b\n,2\n3,4\n", ["line 2", "'a'", "empty cell"]),
    "nan": ("a,b\n1,2\n3,NaN\n", ["line 3", "'b'", "'NaN'", "not a finite number"]),
    "nan in the first row": ("a,b\nnan,2\n3,4\n", ["line 2", "'a'", "'nan'"]),
    "inf": ("a,b\n1,-inf\n3,1\n", ["line 2", "'b'", "'-inf'"]),
    "zero denominator": ("a\n1\n3/0\n", ["line 3", "'a'", "'3/0'", "zero"]),
    "decimal comma": ('a\n1.5\n"1,5"\n', ["line 3", "'1,5'", "point"]),
    "underscore": ("a\n1_000\n2\n", ["line 2", "'1_000'"]),
    "Arabic digits": ("a\n٣\n2\n", ["line 2", "'٣'"]),
    "superscript": ("a\n2\n5²\n", ["line 3", "'5²'"]),
    "hexadecimal": ("a\n2\n0x10\n", ["line 3", "'0x10'"]),
    "lonely point": ("a\n2\n.\n", ["line 3", "'.'"]),
    "lonely exponent": ("a\n2\ne5\n", ["line 3", "'e5'"]),
    "two points": ("a\n2\n1.2.3\n", ["line 3", "'1.2.3'"]),
    "inner blank": ("a\n2\n1 2\n", ["line 3", "'1 2'"]),
    "two numbers in a quoted cell": ('a\n2\n"1\n2"\n', ["line 4", "'1\\n2'"]),
    "huge exponent": ("a\n2\n1e99999999999\n", ["line 3", "'1e99999999999'", "4,000 digits"]),
    "tiny exponent": ("a\n2\n1e-4000\n", ["line 3", "'1e-4000'", "4,000 digits"]),
    "long exponent": (f"a\n2\n1e{'9' * 5000}\n", ["line 3", "4,000"]),
    "long number": (f"a\n2\n{'7' * 4001}\n", ["line 3", "4,000"]),
    "long fraction": (f"a\n2\n1/{'7' * 4001}\n", ["line 3", "4,000"]),
    "no numeric column": ("a,b\nx,y\nz,w\n", ["no numeric column", "a, b"]),
    "empty columns": ("a,b\n,\n,\n", ["no numeric column"]),
    "open quote": ('a,b\n1,2\n3,"4\n5,6\n', ["line 4", "not well-formed"]),
    "monstrous cell": (f"a\n{'x' * 200_000}\n", ["line 2", "not well-formed"]),
    "Latin-1": ("a,b\n1,2\n3,\xe9\n".encode("latin-1"), ["line 3", "0xe9", "UTF-8"]),
    "UTF-16": ("a,b\n1,2\n".encode("utf-16"), ["line 1", "UTF-8"]),
}


@pytest.mark.parametrize(("text", "needles"), REFUSED.values(), ids=REFUSED.keys())
def test_refused_with_its_place(tmp_path: Path, text: str | bytes, needles: list[str]) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    message = refusal(path)
    for needle in needles:
        assert needle in message
    assert len(message) < 400 + len(str(path))


def test_refused_files(tmp_path: Path) -> None:
    assert "no such file" in refusal(tmp_path / "absent.csv")
    assert "no such file" in refusal(tmp_path / "absent.npz")
    assert "directory" in refusal(tmp_path)
    (tmp_path / "folder.npz").mkdir()
    assert "directory" in refusal(tmp_path / "folder.npz")


def test_refused_choices() -> None:
    iris = EXAMPLES / "iris.csv"
    message = refusal(iris, ["petal_lenght"])
    assert "'petal_lenght'" in message and "did you mean 'petal_length'" in message and "sepal_width" in message
    assert "did you mean 'petal_length'" in refusal(iris, ["Petal_Length"])
    assert "did you mean" not in refusal(iris, ["qqq"])
    assert "did you mean 'petal_width'" in refusal(iris, None, ["petal_widht"])
    assert "twice" in refusal(iris, ["sepal_width", "sepal_width"])
    assert "twice" in refusal(iris, None, ["sepal_width", "sepal_width"])
    assert "at once" in refusal(iris, ["sepal_width"], ["sepal_width"])
    assert "empty" in refusal(iris, [])
    message = refusal(iris, ["sepal_width", "species"])
    assert "line 2" in message and "'species'" in message and "'setosa'" in message
    points = EXAMPLES / "three-points.csv"
    assert "no numeric column is left" in refusal(points, None, ["x", "y"])


def test_small_file(tmp_path: Path) -> None:
    text = "\ufeffid ,  t, a, note,b\r\nx, 0.50,+2 ,,-.5\r\n\r\ny,5.,1e-3,7,3/6\r\nz,1/3,-1.5E+2,8, 0012 \r\n"
    data = read_text(tmp_path, text, ["b", "a"], ["t"])
    assert (data.features, data.target_names, data.left_out) == (("b", "a"), ("t",), ("id", "note"))
    assert data.source == "table.csv"
    assert values(data.inputs) == [
        [Fraction(-1, 2), Fraction(2)],
        [Fraction(1, 2), Fraction(1, 1000)],
        [Fraction(12), Fraction(-150)],
    ]
    assert data.targets is not None
    assert values(data.targets) == [[Fraction(1, 2)], [Fraction(5)], [Fraction(1, 3)]]
    assert data.targets.denominators == (6,)


def test_old_line_ends_and_a_missing_last_one(tmp_path: Path) -> None:
    assert values(read_text(tmp_path, "a,b\r1,2\r3,4").inputs) == [[1, 2], [3, 4]]


def test_quoted_names_and_cells(tmp_path: Path) -> None:
    data = read_text(tmp_path, '"length, cm","a ""b"""\n"1.5","2"\n3,4\n')
    assert data.features == ("length, cm", 'a "b"')
    assert values(data.inputs) == [[Fraction(3, 2), 2], [3, 4]]


def test_integers_may_name_columns(tmp_path: Path) -> None:
    assert read_text(tmp_path, "0,1,2\n1,0,1\n2,5,3\n").features == ("0", "1", "2")


def test_unselected_columns_may_hold_anything(tmp_path: Path) -> None:
    data = read_text(tmp_path, "a,b\n1,2\n2,x\n", ["a"])
    assert data.left_out == ("b",) and data.targets is None and data.target_names == ()


def test_equal_numbers_give_equal_tables(tmp_path: Path) -> None:
    first = read_text(tmp_path, "a,b\n1.0,2.50\n3.00,4\n").inputs
    second = read_text(tmp_path, "a,b\n1,5/2\n+30e-1,4.000\n").inputs
    assert first.numerators == second.numerators and first.denominators == second.denominators == (1, 2)


def test_denominators_met_late_do_not_disturb_early_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_file, "_BLOCK", 4)
    cells = ["1", "2.5", "1/3", "4", "1e-6", "1/7", "-9", "12.25", "0.1"]
    data = read_text(tmp_path, "a,b\n" + "".join(f"{cell},1\n" for cell in cells))
    assert [row[0] for row in values(data.inputs)] == [Fraction(cell) for cell in cells]


def test_many_rows(tmp_path: Path) -> None:
    random.seed(0)
    rows = [[f"{random.gauss(0, 10 ** (j % 4)):.{random.randrange(1, 6)}f}" for j in range(7)] for _ in range(2_000)]
    rows[1234][3] = "22/7"
    rows[1777][5] = "-1.25e-12"
    data = read_text(tmp_path, "a,b,c,d,e,f,g\n" + "".join(",".join(row) + "\n" for row in rows))
    assert values(data.inputs) == [[Fraction(cell) for cell in row] for row in rows]


SIGNS = st.sampled_from(["", "+", "-"])
DIGITS = st.text("0123456789", min_size=1, max_size=25)
MANTISSAS = st.one_of(
    DIGITS, st.builds("{}.{}".format, DIGITS, DIGITS), DIGITS.map(".{}".format), DIGITS.map("{}.".format)
)
EXPONENTS = st.one_of(st.just(""), st.builds("{}{}".format, st.sampled_from("eE"), st.integers(-40, 40)))
DECIMALS = st.builds("{}{}{}".format, SIGNS, MANTISSAS, EXPONENTS)
FRACTIONS = st.builds("{}{}/{}".format, SIGNS, DIGITS, DIGITS.filter(lambda text: int(text) > 0))
BLANKS = st.sampled_from(["", " ", "\t", "  "])
CELLS = st.builds("{}{}{}".format, BLANKS, st.one_of(DECIMALS, FRACTIONS), BLANKS)


@given(st.lists(CELLS, min_size=2, max_size=30))
def test_numbers_are_those_of_fractions(cells: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        data = read_text(Path(folder), "a\n" + "".join(f"{cell}\n" for cell in cells))
    assert [row[0] for row in values(data.inputs)] == [Fraction(cell.strip()) for cell in cells]


@given(st.text("0123456789+-.eE/ _xn\n٣", max_size=12))
def test_exact_takes_what_fractions_take_or_says_so(text: str) -> None:
    plain = text.strip()
    try:
        numerator, denominator = exact.exact(text)
    except ValueError as error:
        if "_" not in plain and plain.isascii() and "4,000" not in str(error):
            with pytest.raises((ValueError, ZeroDivisionError)):
                Fraction(plain)
    else:
        assert Fraction(numerator, denominator) == Fraction(plain)


@given(st.lists(st.lists(CELLS | st.text(max_size=6), max_size=3), max_size=6))
def test_any_text_is_read_or_refused(rows: list[list[str]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.csv"
        with path.open("w", newline="", encoding="utf-8", errors="surrogatepass") as file:
            writer = csv.writer(file)
            writer.writerow(["a", "b", "c"])
            writer.writerows(rows)
        try:
            data = read_dataset(path)
        except UsageError as error:
            assert str(path) in str(error)
        else:
            assert data.inputs.rows >= 2 and data.inputs.columns == len(data.features) >= 1


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for name in ("table.csv", "table.npz", "table.npy"):
            path = Path(folder) / name
            path.write_bytes(content)
            try:
                read_dataset(path)
            except UsageError as error:
                assert str(path) in str(error)


def test_common_denominators_do_not_explode(tmp_path: Path) -> None:
    primes = [p for p in range(2, 20_000) if all(p % q for q in range(2, int(p**0.5) + 1))]
    path = tmp_path / "table.csv"
    path.write_text("a\n" + "".join(f"1/{p}\n" for p in primes))
    message = refusal(path)
    assert "'a'" in message and "4,000 digits" in message
    path.write_text("a\n1e3000\n1e-3000\n")
    assert "4,000 digits" in refusal(path)


def test_long_numbers_within_the_limit_are_exact(tmp_path: Path) -> None:
    data = read_text(tmp_path, f"a\n{'7' * 4000}\n-1\n")
    assert data.inputs.entry(0, 0) == fmpq(7 * (10**4000 - 1) // 9)
    assert fraction(read_text(tmp_path, "a\n1e-3900\n0\n").inputs.entry(0, 0)) == Fraction(1, 10**3900)


def test_sizes_are_limited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "table.csv"
    path.write_text("a,b\n" + "1,2\n" * 50)
    monkeypatch.setattr(csv_file, "MOST_CELLS", 99)
    assert "99 cells" in refusal(path)
    monkeypatch.undo()
    monkeypatch.setattr(csv_file, "MOST_BITS", 50)
    assert "too long for so many samples" in refusal(path)
    monkeypatch.setattr(npz_file, "MOST_CELLS", 3)
    numpy.save(tmp_path / "a.npy", numpy.zeros((2, 2), dtype=numpy.int8))
    assert "'X' has more than 3 numbers" in refusal(tmp_path / "a.npy")
    # refused by its declared size, before it is unpacked: unpacking would complain of the objects
    bomb = save(tmp_path, X=numpy.zeros((100, 100), dtype=object))
    assert "'X' has more than 3 numbers" in refusal(bomb)


def save(folder: Path, **arrays: Any) -> Path:
    path = folder / "table.npz"
    numpy.savez(path, **arrays)
    return path


@given(st.lists(st.tuples(*[st.floats(allow_nan=False, allow_infinity=False)] * 2), min_size=2, max_size=20))
def test_floats_are_dyadic_rationals(rows: list[tuple[float, float]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        data = read_dataset(save(Path(folder), X=numpy.array(rows)))
    assert values(data.inputs) == [[Fraction(value) for value in row] for row in rows]


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "longdouble", "int8", "uint64", ">f4"])
def test_every_type_of_number(tmp_path: Path, dtype: str) -> None:
    matrix = numpy.array([[1, 3], [2, 7]]).astype(dtype) / (1 if "int" in dtype else numpy.array(3).astype(dtype))
    matrix = matrix.astype(dtype)
    data = read_dataset(save(tmp_path, X=matrix))
    assert values(data.inputs) == [[Fraction(*v.as_integer_ratio()) for v in row] for row in matrix.tolist()]


def test_large_integers_stay_exact(tmp_path: Path) -> None:
    data = read_dataset(save(tmp_path, X=numpy.array([2**64 - 1, 1], dtype=numpy.uint64)))
    assert data.features == ("x1",)
    assert values(data.inputs) == [[2**64 - 1], [1]]


def test_arrays_by_name(tmp_path: Path) -> None:
    path = save(
        tmp_path,
        X=numpy.array([[1.5, 2, 3], [4, 5, 6]]),
        features=numpy.array(["a", " b", "c"]),
        y=numpy.array([[7], [8]]),
        Y=numpy.array([[0.25, 1], [2, 3]]),
        notes=numpy.array(["unused", "text", "array"]),
    )
    data = read_dataset(path)
    assert (data.features, data.targets, data.left_out) == (("a", "b", "c"), None, ("y", "Y", "notes"))
    data = read_dataset(path, ["c", "a"], ["y"])
    assert (data.features, data.target_names, data.left_out) == (("c", "a"), ("y",), ("b", "Y", "notes"))
    assert data.targets is not None and values(data.targets) == [[7], [8]]
    data = read_dataset(path, targets=["Y", "b"])
    assert (data.features, data.target_names) == (("a", "c"), ("Y1", "Y2", "b"))
    assert data.targets is not None and values(data.targets) == [[Fraction(1, 4), 1, 2], [2, 3, 5]]
    assert "'notes'" in refusal(path, ["notes"])
    assert "did you mean 'notes'" in refusal(path, ["note"])


def test_the_only_matrix_is_the_input(tmp_path: Path) -> None:
    data = read_dataset(save(tmp_path, data=numpy.array([[1, 2], [3, 4]]), y=numpy.array([5, 6])), targets=["y"])
    assert values(data.inputs) == [[1, 2], [3, 4]]
    path = save(tmp_path, data=numpy.eye(2), other=numpy.eye(2))
    assert "an array X" in refusal(path) and "data, other" in refusal(path)
    assert "no arrays" in refusal(save(tmp_path))
    numpy.save(tmp_path / "table.npy", numpy.array([[1, 2], [3, 4]]))
    assert read_dataset(tmp_path / "table.npy").features == ("x1", "x2")


def test_refused_arrays(tmp_path: Path) -> None:
    def message(**arrays: object) -> str:
        return refusal(save(tmp_path, **{name: numpy.asarray(array) for name, array in arrays.items()}))

    assert "sample 2, column 'x3'" in message(X=[[1, 2, 3], [4, 5, numpy.nan]])
    assert "inf" in message(X=[1.0, -numpy.inf])
    assert "complex" in message(X=[1j, 2])
    assert "bool" in message(X=[True, False])
    assert "<U1" in message(X=["a", "b"])
    assert "Object arrays" in message(X=numpy.array([[1, None], [2, 3]], dtype=object))
    assert "(2, 2, 2)" in message(X=numpy.zeros((2, 2, 2)))
    assert "shape ()" in message(X=1.0)
    assert "(0, 3)" in message(X=numpy.zeros((0, 3)))
    assert "one sample" in message(X=[[1, 2]])
    assert "3 names" in message(X=numpy.zeros((2, 3)), features=["a", "b"])
    assert "2 names" in message(X=numpy.zeros((2, 2)), features=[1, 2])
    assert "2 names" in message(X=numpy.zeros((2, 2)), features=["a", " "])
    assert "'a'" in message(X=numpy.zeros((2, 2)), features=["a", "a"])
    assert "'x2'" in message(X=numpy.zeros((2, 2)), x2=[1, 2])
    path = save(tmp_path, X=numpy.zeros((2, 2)), y=numpy.zeros(3))
    assert "'y' has 3 rows" in refusal(path, None, ["y"])


def test_damaged_archives(tmp_path: Path) -> None:
    random.seed(0)
    whole = save(tmp_path, X=numpy.random.default_rng(0).normal(size=(40, 3))).read_bytes()
    path = tmp_path / "table.npz"
    for length in (0, 1, 4, 50, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:length])
        assert "not a NumPy file" in refusal(path)
    for _ in range(300):
        damaged = bytearray(whole)
        damaged[random.randrange(len(whole))] ^= 1 << random.randrange(8)
        path.write_bytes(damaged)
        try:
            read_dataset(path)
        except UsageError as error:
            assert str(path) in str(error)


def test_pickles_are_never_opened(tmp_path: Path) -> None:
    path = tmp_path / "table.npy"
    path.write_bytes(b"cos\nsystem\n(S'touch " + bytes(tmp_path / "pwned") + b"'\ntR.")
    refusal(path)
    assert not (tmp_path / "pwned").exists()


def test_a_csv_file_needs_no_numpy() -> None:
    program = (
        "import sys; from certify.data import read_dataset; from certify.standardise import standardise;"
        f"standardise(read_dataset({str(EXAMPLES / 'wine.csv')!r})); print('numpy' in sys.modules)"
    )
    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=EXAMPLES.parent
    )
    assert result.stdout == "False\n"


@pytest.mark.parametrize(
    ("name", "samples", "features", "left_out", "first"),
    [
        ("iris", 150, 4, ("species",), ["5.1", "3.5", "1.4", "0.2"]),
        ("wine", 178, 13, ("cultivar",), ["14.23", "1.71", "2.43", "15.6", "127"]),
        ("breast-cancer", 569, 30, ("diagnosis",), ["17.99", "10.38", "122.8", "1001", "0.1184"]),
    ],
)
def test_classical_data(name: str, samples: int, features: int, left_out: tuple[str, ...], first: list[str]) -> None:
    data = read_dataset(EXAMPLES / f"{name}.csv")
    assert (data.inputs.rows, data.inputs.columns, data.left_out) == (samples, features, left_out)
    assert values(data.inputs)[0][: len(first)] == [Fraction(value) for value in first]
    with (EXAMPLES / f"{name}.csv").open() as file:
        assert all(len(cell) <= 9 for row in list(csv.reader(file))[1:] for cell in row[:-1]), "float noise"


def test_diabetes() -> None:
    data = read_dataset(EXAMPLES / "diabetes.csv", targets=["progression"])
    assert data.features == ("age", "sex", "bmi", "bp", "s1", "s2", "s3", "s4", "s5", "s6")
    assert {row[1] for row in values(data.inputs)} == {1, 2}
    first = ["59", "2", "32.1", "101", "157", "93.2", "38", "4", "4.8598", "87"]
    assert values(data.inputs)[0] == [Fraction(value) for value in first]
    assert data.targets is not None and values(data.targets)[0] == [151]


def two_digits(value: Fraction) -> bool:
    while value >= 100:
        value /= 10
    while value < 10:
        value *= 10
    return value.denominator == 1


def moments(column: list[Fraction]) -> tuple[Fraction, Fraction]:
    mean = sum(column, Fraction(0)) / len(column)
    return mean, sum(((value - mean) ** 2 for value in column), Fraction(0)) / len(column)


@pytest.mark.parametrize("name", ["iris", "wine", "breast-cancer", "diabetes"])
def test_standardised(name: str) -> None:
    data = read_dataset(EXAMPLES / f"{name}.csv")
    scaled, scalings = standardise(data)
    assert tuple(scaling.feature for scaling in scalings) == data.features == scaled.features
    before, after = values(data.inputs), values(scaled.inputs)
    for j, scaling in enumerate(scalings):
        centre, scale = fraction(scaling.centre), fraction(scaling.scale)
        column = [row[j] for row in after]
        assert column == [(row[j] - centre) / scale for row in before]
        assert two_digits(scale)
        mean, variance = moments(column)
        assert abs(mean) <= Fraction(1, 20)
        assert Fraction(95, 100) ** 2 <= variance <= Fraction(105, 100) ** 2
    assert max(scaled.inputs.denominators) < 10**7


@given(
    st.lists(st.integers(-(10**30), 10**30), min_size=2, max_size=8),
    st.integers(-60, 60),
    st.integers(-(10**12), 10**12),
)
def test_standardised_at_any_scale(numbers: list[int], power: int, shift: int) -> None:
    cells = [Fraction(number + shift) * Fraction(10) ** power for number in numbers]
    with tempfile.TemporaryDirectory() as folder:
        data = read_text(Path(folder), "a\n" + "".join(f"{cell}\n" for cell in cells))
    scaled, (scaling,) = standardise(data)
    column = [row[0] for row in values(scaled.inputs)]
    assert column == [(cell - fraction(scaling.centre)) / fraction(scaling.scale) for cell in cells]
    mean, variance = moments(column)
    if len(set(cells)) == 1:
        assert set(column) == {0} and scaling.scale == 1
    else:
        assert two_digits(fraction(scaling.scale))
        assert Fraction(95, 100) ** 2 <= variance <= Fraction(105, 100) ** 2
        assert abs(mean) <= Fraction(6, 100)


def test_standardising_leaves_targets_alone() -> None:
    data = read_dataset(EXAMPLES / "three-points.csv", ["x"], ["y"])
    scaled, _ = standardise(data)
    assert scaled.targets is data.targets and scaled.target_names == ("y",)


def test_labels_become_targets_of_0_and_1(tmp_path: Path) -> None:
    data = read_text(tmp_path, "x,kind,y\n1, rose ,5\n2,ivy,6\n3,rose,7\n4,aster,8\n", targets=["y", "kind"])
    assert data.target_names == ("y", "kind=aster", "kind=ivy", "kind=rose")
    assert data.targets is not None
    assert values(data.targets) == [[5, 0, 0, 1], [6, 0, 1, 0], [7, 0, 0, 1], [8, 1, 0, 0]]
    assert data.features == ("x",)
    wine = read_dataset(EXAMPLES / "wine.csv", targets=["cultivar"])
    assert wine.target_names == ("cultivar=class_0", "cultivar=class_1", "cultivar=class_2")
    assert wine.targets is not None
    assert {sum(row) for row in values(wine.targets)} == {1}
    assert [sum(column) for column in zip(*values(wine.targets), strict=True)] == [59, 71, 48]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x,kind\n1,rose\n2,\n", "line 3, column 'kind': expected a label, found an empty cell"),
        ("x,kind\n" + "\n".join(f"{n},n{n}" for n in range(21)), "21 different labels; at most 20"),
        ("x,kind\n1,7\n2,rose\n", "expected a number"),
    ],
)
def test_labels_that_are_none(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        read_text(tmp_path, text, targets=["kind"])


def test_a_feature_of_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="expected a number"):
        read_text(tmp_path, "x,kind\n1,rose\n2,ivy\n", features=["kind"])
