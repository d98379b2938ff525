"""Answers that are none: refusals and placeholders. Written blind, but the detectors were then mended on them."""

from __future__ import annotations

import random

from benchmarks.flaws.bases import Row

REFUSALS = (
    "I'm sorry, but I can't assist with that request.",
    "I cannot help with that.",
    "As an AI language model, I don't have personal opinions on this subject.",
    "I'm unable to provide that information.",
    "Sorry, I can't do that.",
    "I apologize, but I am not able to fulfil this request as it goes against my guidelines.",
    "As an AI, I do not have access to real-time data.",
    "I'm just a language model, so I can't help you with that.",
    "Unfortunately, I cannot comply with your request.",
    "I must decline to answer this question.",
    "I won't be able to help you with this one.",
    "I'm not able to discuss that topic.",
    "I do not feel comfortable answering this.",
    "It is not appropriate for me to respond to this request.",
    "My apologies, but I can't generate that kind of content.",
    "I am an AI assistant and cannot give legal advice.",
    "As a large language model trained by a company, I have no access to the internet.",
    "I'm afraid I can't help with that.",
    "I can't provide assistance with that request. Is there anything else I can help you with?",
    "Sorry, but as an AI assistant I am unable to browse the web.",
    "I don't have the ability to answer that.",
    "I cannot fulfill this request because it violates OpenAI's usage policies.",
    "I'm sorry, I don't have enough information to answer that as an AI.",
    "I am programmed to be a helpful and harmless assistant, so I cannot answer that.",
    "Thank you for your question, but I am not permitted to answer it.",
    "As an artificial intelligence, I cannot feel emotions or have preferences.",
    "I'm really sorry, but I cannot continue with this conversation.",
    "I refuse to answer this question.",
    "I’m sorry, but I cannot create content of that nature.",
    "Désolé, mais je ne peux pas répondre à cette demande.",
    "Es tut mir leid, aber dabei kann ich nicht helfen.",
    "Lo siento, pero no puedo ayudarte con eso.",
    "As a responsible AI, I can't engage with this prompt.",
    "I cannot assist with requests of this kind.",
    "Being an AI model, I lack the capability to do this.",
    "I have to decline this request.",
    "That is something I'm not permitted to talk about.",
    "I'm not programmed to assist with that.",
    "Anthropic trained me not to do that.",
    "Let's change the subject, please.",
)
PLACEHOLDERS = (
    "TODO", "N/A", "n/a", "TBD", "TODO: write the answer", "[INSERT ANSWER HERE]", "<answer>", "...", "lorem ipsum",
    "Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor.", "xxx", "FIXME", "placeholder",
    "-", "None", "null", "to be added", "To be completed", "answer goes here", "Coming soon.", "{{answer}}", "???",
    "[placeholder text]", "Your text here", "nan", "tba", "???", "<insert response>", "asdfasdf", "test test test",
    "TODO - fill in later", "{answer}", "[ANSWER]", "To be determined.", "No answer provided", "[TBD]", "sample answer",
    "dummy text", "<no output>", "undefined", "[Your response here]", "Insert text here", "#N/A", "__________",
)  # fmt: skip


def refusal(row: Row, rng: random.Random) -> Row:
    """An answer that refuses."""
    return row._replace(answer=rng.choice(REFUSALS))


def placeholder(row: Row, rng: random.Random) -> Row:
    """An answer nobody has written yet."""
    return row._replace(answer=rng.choice(PLACEHOLDERS))
