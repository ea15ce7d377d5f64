"""certify: the Hessian and the definiteness that its lemmas use, in balls of 128 bits; `prove` and `check`."""

from __future__ import annotations

import json
from typing import Any

from flint import arb, arb_mat

import certify
from benchmarks.peers.timing import median, read_job, run
from proofs.balls import Sign, precision
from proofs.certificate import read_certificate
from proofs.checking import check
from proofs.forms import definiteness
from proofs.full_hessian import half_hessian
from proofs.full_network import Shape, evaluate, residuals
from proofs.instance import Instance, read_instance
from proofs.kernel import Verdict, run_steps
from proofs.lemmas import LEMMAS


def whole(job: dict[str, Any]) -> dict[str, Any]:
    """The times to prove, to check the certificate, and to check only the steps that show the local minimum; all
    without Python's start and the files, but with reading the documents."""
    options = {"activation": "tanh", "output_bias": True, **job["options"]}
    proving, proof = median(lambda: certify.prove(job["inputs"], **options))
    documents = proof.instance_document, proof.certificate_document
    checking, outcome = median(lambda: check(read_instance(documents[0]), read_certificate(documents[1])))

    def local_minimum() -> bool:
        instance, steps = read_instance(documents[0]), read_certificate(documents[1]).steps[:2]
        with precision(128):
            return run_steps(instance, steps, LEMMAS)[1] is None

    minimum, shown = median(local_minimum)
    of_steps = [step.lemma for step in read_certificate(documents[1]).steps[:2]]
    proved = outcome.verdict is Verdict.PROVED and shown and of_steps == ["constant-point/1", "local-minimum/1"]
    return {"prove": proving, "check": checking, "minimum": minimum, "answer": proved}


def instance_of(job: dict[str, Any]) -> Instance:
    """The network of a job as an instance; its data are exactly the floats."""
    rows = {"inputs": job["inputs"], "targets": [[y] for y in job["targets"]]}
    exact = {key: [[str(arb(v).fmpq()) for v in row] for row in table] for key, table in rows.items()}
    data = {"features": [f"x{j}" for j in range(len(job["inputs"][0]))], **exact}
    network = {"depth": 1, "widths": [len(job["last"])], "activation": "tanh", "output_bias": True}
    document = {"format": "certify-instance/1", "loss": "squared", "provenance": "a benchmark"}
    return read_instance({**document, "data": data, "network": network})


def hessian(job: dict[str, Any], instance: Instance) -> arb_mat:
    parameters = [arb(p) for row in [*job["units"], job["last"], [job["constant"]]] for p in row]
    shape = Shape((instance.inputs.columns, len(job["last"]), 1), True)
    values = evaluate(instance, shape, parameters)
    return half_hessian(values, *residuals(instance, values)[:2])


def shifted(matrix: arb_mat, shift: float) -> arb_mat:
    size = matrix.nrows()
    return matrix + arb_mat([[shift * (i == j) for j in range(size)] for i in range(size)])


def main() -> None:
    job = read_job()
    if job["kind"] == "prove":
        print(json.dumps(whole(job)))
        return
    instance = instance_of(job) if job["kind"] == "hessian" else None
    with precision(128):
        run(
            lambda job: hessian(job, instance) if instance else None,
            arb_mat,
            shifted,
            lambda matrix: definiteness(matrix)[0] is Sign.POSITIVE,
            lambda matrix, i, j: float(matrix[i, j].mid()),
        )


main()
