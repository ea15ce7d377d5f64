"""What a sweep found, out of its store alone: counts by cause, and a table of all jobs."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Iterator, Sequence

from certify.errors import printable
from certify.exit_codes import FAILED, PROVED, UNDECIDED
from certify.sweep.job import OUTCOMES
from certify.sweep.plan import DEFAULTS
from certify.sweep.store import Row

TABLE = "summary.csv"
_CAUSE = 110


def exit_code(rows: Sequence[Row]) -> int:
    """0 when all are decided, 4 when some are not, 5 when some crashed."""
    outcomes = {row.outcome for row in rows}
    if "crashed" in outcomes:
        return FAILED
    return PROVED if outcomes <= {"proved", "obstructed"} else UNDECIDED


def document(rows: Sequence[Row]) -> dict[str, object]:
    """The counts, as JSON."""
    outcomes, causes = _counts(rows)
    return {
        "jobs": len(rows),
        "plans": dict(Counter(row.plan for row in rows)),
        "outcomes": {kind: outcomes[kind] for kind in OUTCOMES},
        "pending": outcomes[None],
        "causes": [{"outcome": kind, "cause": cause, "jobs": count} for (kind, cause), count in causes],
    }


def lines(rows: Sequence[Row]) -> Iterator[str]:
    """The counts, to be read."""
    outcomes, causes = _counts(rows)
    plans = Counter(row.plan for row in rows)
    found = ", ".join(f"{outcomes[kind]:,} {kind}" for kind in OUTCOMES if outcomes[kind])
    yield f"{len(rows):,} jobs: {found or 'none'}, {outcomes[None]:,} not done yet"
    if len(plans) > 1:
        yield from (f"asked for first by plan {plan[:12]}: {count:,} jobs" for plan, count in plans.items())
    for (kind, cause), count in causes:
        if cause:
            yield f"{count:>8,} {kind}: {_short(cause)}"


def tally(counts: Counter[tuple[str, str]]) -> str:
    """Counts by outcome and cause on one line, for the progress."""
    outcomes = Counter[str]()
    for (kind, _), count in counts.items():
        outcomes[kind] += count
    parts = [f"{outcomes[kind]} {kind}" for kind in OUTCOMES if outcomes[kind]]
    failures = [(count, cause) for (_, cause), count in counts.items() if cause]
    parts += [f"{count} x {_short(cause, 40)}" for count, cause in sorted(failures, reverse=True)[:3]]
    return ", ".join(parts)


def table(rows: Sequence[Row]) -> bytes:
    """All jobs as CSV: their fields, outcomes, and names of files; it does not depend on who did them when."""
    jobs = fields_of(rows)
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(["job", *jobs[0], "outcome", "cause", "instance", "certificate", "plan"])
    for row, fields in zip(rows, jobs, strict=True):
        writer.writerow([row.job, *fields.values(), row.outcome, row.cause, row.instance, row.certificate, row.plan])
    return stream.getvalue().encode("utf-8")


def fields_of(rows: Sequence[Row]) -> list[dict[str, object]]:
    """What each job is about, under the same names for all; what a specification leaves out is the default."""
    specs = [_fields(row.spec) for row in rows]
    names = sorted({name for spec in specs for name in spec})
    defaults = {name: DEFAULTS.get(name, "") for name in names}
    return [{**defaults, **spec} for spec in specs]


def _fields(spec: str) -> dict[str, object]:
    document = json.loads(spec)
    data = {"data_seed" if name == "seed" else name: value for name, value in document["data"].items()}
    return {**data, **document["problem"]}


def _counts(rows: Sequence[Row]) -> tuple[Counter[str | None], list[tuple[tuple[str | None, str], int]]]:
    """By outcome, and the most frequent causes first."""
    causes = Counter((row.outcome, row.cause or "") for row in rows)
    ordered = sorted(causes.items(), key=lambda item: (-item[1], str(item[0])))
    return Counter(row.outcome for row in rows), ordered


def _short(cause: str, most: int = _CAUSE) -> str:
    text = printable(cause)
    return text if len(text) <= most else text[: most - 3] + "..."
