"""Why a finding hurts this very task, in one sentence: the rule's own reason holds for every task."""

from __future__ import annotations

WHY_HERE: dict[str, dict[str, str]] = {
    "duplicate-rows": {
        "classify": "Here the copied texts push their label: the model will favour it on new texts too.",
        "summarise": "Here the model may learn these summaries by heart rather than how to shorten a text.",
        "answer": "Here the model may give these very answers to questions that only sound alike.",
    },
    "near-duplicate-rows": {
        "classify": "Here a label seems better supported than it is, and the score looks better than it will be.",
    },
    "conflicting-answers": {
        "classify": "Here one text carries two labels, so on such texts the model can be right only by chance.",
        "extract": "Here the same text yields two results, so one of them teaches the model to miss something.",
        "structured": "Here the same input yields two results, so one of them is wrong by definition.",
    },
    "inconsistent-labels": {
        "classify": "Here each spelling counts as a class of its own, and the right label spelt otherwise as wrong.",
    },
    "mislabelled-rows": {
        "classify": "Here every wrong label moves the border between two classes a little to the wrong side.",
    },
    "empty-answers": {
        "classify": "Here the model would learn that saying nothing is one of the labels.",
        "extract": "Here the model cannot tell “nothing to find” from “forgotten”.",
        "summarise": "Here the model would learn that an empty page is a summary.",
        "translate": "Here the model would learn to leave sentences out.",
        "answer": "Here the model would learn to say nothing.",
    },
    "cut-off-answers": {
        "summarise": "Here the model will stop its summaries in the middle as well.",
        "translate": "Here the model will drop the ends of sentences as well.",
        "answer": "Here the model will stop in the middle of its answers as well.",
    },
    "malformed-answers": {
        "extract": "Here a program reads the answers: one that does not parse is one that is lost.",
        "structured": "Here a program reads the answers: one that does not parse is one that is lost.",
    },
    "mixed-languages": {
        "translate": "Here a row in the wrong language teaches the wrong direction of translation.",
        "summarise": "Here the model may summarise in a language nobody asked for.",
        "answer": "Here the model may answer in a language nobody asked for.",
    },
    "leaked-rows": {
        "classify": "Here the test would ask for labels that the model has seen: any score would flatter.",
        "answer": "Here the test would ask questions that the model has seen answered: any score would flatter.",
    },
    "refusal-answers": {
        "classify": "Here a refusal is no label at all.",
        "answer": "Here the model would learn to refuse questions that it should answer.",
    },
    "placeholder-answers": {
        "classify": "Here the stand-in becomes a class, and the model will predict it.",
        "answer": "Here the model would answer with the stand-in.",
    },
    "leftover-markup": {
        "summarise": "Here tags and page furniture would find their way into the summaries.",
        "translate": "Here the model would learn to carry tags over, or to lose them, at random.",
        "answer": "Here the model would write tags into its answers.",
    },
    "class-imbalance": {
        "classify": "Here always saying the commonest label already scores high, and the rare ones are what is missed.",
    },
    "rare-class": {
        "classify": "Here the model sees too few cases of these labels to learn them, and the test too few to tell.",
    },
}
"""Rule → task → sentence; where there is none the rule's reason says it all."""


def why_here(rule: str, task: str) -> str:
    """The sentence for this rule and task, or ""."""
    return WHY_HERE.get(rule, {}).get(task, "")
