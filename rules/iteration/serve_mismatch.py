"""serve-mismatch: the endpoint does not serve the model, the prompt or the chat template that was trained."""

from __future__ import annotations

from collections.abc import Iterator

from rules.facts import Facts, ServingFacts
from rules.rule import Hit, Limits, Rule, Threshold
from rules.wording import share

RULE = Rule(
    id="serve-mismatch",
    family="iteration",
    step="serve",
    severity="warn",
    levels="block; warn when the prompts agree and at most 5 % of the answers differ; note for mere rounding",
    problem="The served model is not the model that was tested.",
    why=(
        "If the server (endpoint) builds another prompt or gives other answers than the model that was tested, none "
        "of the measured scores holds for it."
    ),
    fix=(
        "Serve with the prompt, chat template, precision and adapter of the run (`tunewise serve` does), and "
        "run the check again."
    ),
    needs=("serving",),
    thresholds={
        "output_share": Threshold(
            0.05,
            "share of prompts",
            "our choice: one prompt of 20; answers that differ only by the rounding of a near-tie are not counted",
        ),
    },
    fires_on=Facts(serving=ServingFacts(prompts=20, token_mismatches=3, output_mismatches=5)),
    quiet_on=Facts(serving=ServingFacts(prompts=20, token_mismatches=0, output_mismatches=0)),
)


@RULE
def check(facts: Facts, limits: Limits) -> Iterator[Hit]:
    assert facts.serving
    prompts, tokens, outputs = facts.serving.prompts, facts.serving.token_mismatches, facts.serving.output_mismatches
    if prompts < 1:
        yield Hit(
            "No prompt was compared, so nothing shows that the endpoint serves this model.",
            measured=prompts,
            threshold=1,
            unit="prompts compared",
            severity="block",
        )
    if not facts.serving.prompt_matches:
        yield Hit(
            "The prompt or chat template served is not the one of the training.",
            measured=0,
            threshold=1,
            severity="block",
        )
    if tokens:
        yield Hit(
            f"The text reaches the model in other pieces (token ids): {tokens:,} of {prompts:,} prompts.",
            measured=tokens,
            threshold=0,
            unit="prompts",
            severity="block",
        )
    if outputs:
        blocks = share(outputs, prompts) > limits.output_share
        yield Hit(
            "Other answers than the trainer's, though both take the likeliest word each time (greedy): "
            f"{outputs:,} of {prompts:,} prompts.",
            measured=share(outputs, prompts),
            threshold=limits.output_share if blocks else 0,
            unit="share of prompts",
            severity="block" if blocks else "warn",
        )
    if facts.serving.near_ties:
        yield Hit(
            f"{facts.serving.near_ties:,} of {prompts:,} answers differ from the trainer's only where two words were "
            "as good as equally likely: rounding, not another model.",
            measured=facts.serving.near_ties,
            threshold=0,
            unit="prompts",
            severity="note",
        )
