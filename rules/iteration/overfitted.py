"""overfitted: the model fits the training rows far better than the validation rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

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
        "Keep the best intermediate state (checkpoint; Tunewise does so by default). Or train again with fewer passes "
        "over the data, smaller steps (learning rate) or more varied examples."
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
    signs: list[Hit] = []
    if run.validation_loss > limits.loss_ratio * run.train_loss:
        ratio = share(run.validation_loss, run.train_loss)
        said = f"the error (loss) on new rows, {run.validation_loss:.3f}, is {ratio:.1f} times that on learnt rows"
        signs.append(Hit(said, ratio, limits.loss_ratio, "validation loss / train loss"))
    if not run.used_best_checkpoint and run.validation_loss > limits.past_best * run.best_validation_loss:
        ratio = share(run.validation_loss, run.best_validation_loss)
        said = f"the error on new rows was lower before, {run.best_validation_loss:.3f}, than at the end"
        signs.append(Hit(said, ratio, limits.past_best, "final / best validation loss"))
    if run.validation_rising:
        signs.append(Hit("the error on new rows rises while that on learnt rows falls"))
    if signs:
        kept = "was kept" if run.used_best_checkpoint else "was not kept"
        yield replace(
            signs[0],
            message=f"Signs of learning by heart (overfitting): {'; '.join(sign.message for sign in signs)}. "
            f"The best intermediate state (checkpoint) {kept}.",
            severity="warn" if run.used_best_checkpoint else "block",
        )
