"""overfitted: the model fits the training rows far better than the validation rows."""

from __future__ import annotations

from collections.abc import Iterator

from rules.facts import Facts, RunFacts
from rules.rule import Hit, Limits, Rule, Threshold
from rules.wording import share

RULE = Rule(
    id="overfitted",
    family="iteration",
    step="train",
    gate="serve",
    severity="warn",
    waivable=True,
    levels="warn when the best checkpoint was kept; block when it was not",
    problem="The model has learnt the examples by heart.",
    why="It then does well on what it has seen and badly on anything new.",
    fix=(
        "Use the best checkpoint (the default), fewer passes over the data, a lower learning rate or more "
        "varied examples, and train again."
    ),
    needs=("run",),
    thresholds={
        "loss_ratio": Threshold(
            1.5,
            "validation loss / train loss",
            "Azure fine-tuning skills: below 1.2 healthy, from 1.5 moderate overfitting",
        ),
        "past_best": Threshold(
            1.2,
            "final / best validation loss",
            "Azure fine-tuning skills: above 1.2 times the best, deploy the best checkpoint",
        ),
    },
    fires_on=Facts(
        run=RunFacts(
            300, True, 4, train_loss=0.2, validation_loss=0.5, best_validation_loss=0.3, used_best_checkpoint=False
        ),
    ),
    quiet_on=Facts(
        run=RunFacts(
            300, True, 4, train_loss=0.4, validation_loss=0.45, best_validation_loss=0.44, used_best_checkpoint=True
        ),
    ),
)


@RULE
def check(facts: Facts, limits: Limits) -> Iterator[Hit]:
    assert facts.run
    run = facts.run
    ratio = share(run.validation_loss, run.train_loss)
    past_best = not run.used_best_checkpoint and run.validation_loss > limits.past_best * run.best_validation_loss
    signs = []
    if run.validation_loss > limits.loss_ratio * run.train_loss:
        signs.append(
            f"the error (loss) on new rows, {run.validation_loss:.3f}, is {ratio:.1f} times that on learnt rows"
        )
    if run.validation_rising:
        signs.append("the error on new rows rises while that on learnt rows falls")
    if past_best:
        signs.append(f"the error on new rows was lower before, {run.best_validation_loss:.3f}, than at the end")
    if signs:
        kept = "was kept" if run.used_best_checkpoint else "was not kept"
        yield Hit(
            f"Signs of learning by heart (overfitting): {'; '.join(signs)}. "
            f"The best intermediate state (checkpoint) {kept}.",
            measured=ratio,
            threshold=limits.loss_ratio,
            unit="validation loss / train loss",
            severity="warn" if run.used_best_checkpoint else "block",
        )
