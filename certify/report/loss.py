"""The loss of an instance, in words."""

from __future__ import annotations

from proofs.instance import Instance
from proofs.losses import CrossEntropy


def loss_text(instance: Instance) -> str:
    """What is summed over what, and the weight decay."""
    over = "samples" if isinstance(instance.loss, CrossEntropy) else "samples and outputs"
    text = f"the sum over {over} of {instance.loss.formula}"
    if instance.weight_decay is None:
        return text
    parts = (
        (instance.weight_decay.weights, "w^2 over all weights"),
        (instance.weight_decay.biases, "b^2 over all biases"),
    )
    return f"{text}, plus {' and '.join(f'{factor} Σ {what}' for factor, what in parts if factor > 0)}"
