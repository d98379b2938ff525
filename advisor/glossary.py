"""The words a newcomer meets, each in one or two plain sentences: what it is, and why it matters."""

from __future__ import annotations

GLOSSARY: dict[str, str] = {
    # --- the idea
    "fine-tuning": "Training an existing model a little further on your own examples, so that it does one "
    "task your way. It refines what the model can do already; it does not teach it a new world.",
    "base model": "The ready-made model you start from. Pick one that already knows your kind of text: tuning "
    "refines, it does not create.",
    "large language model (LLM)": "A program that continues text, trained on very much of it. Everything it "
    "does, also classifying, is writing the next piece of text.",
    "parameters": "The numbers inside a model that training changes; 7B means seven thousand million of them. "
    "More cost more memory, time and money, and on a narrow task often bring nothing.",
    "token": "A piece of a word, the unit a model reads and writes; 100 English words are about 130 tokens. "
    "Length limits, speed and cost are all counted in tokens.",
    "tokenizer": "The part that cuts text into tokens. Training and serving have to use the same one, or the "
    "model sees other text than it learned from.",
    "context length": "How many tokens a model can look at in one go, question and answer together. What does "
    "not fit is cut away, and nothing cut away is learned.",
    "retrieval (RAG)": "Looking up fitting documents and giving them to the model along with the question. "
    "The right answer when the facts change, which tuning can't keep up with.",
    "hallucination": "A fluent answer that is made up. Tuning on wrong or invented answers teaches the model "
    "to do it more.",
    # --- prompts
    "prompt": "The text given to the model: instruction, perhaps examples, and the input. Improving it costs "
    "minutes, so it is always tried before training.",
    "system prompt": "A first message that sets the model's task and manner for a whole conversation. It has "
    "to be the same in training and in use.",
    "few-shot": "Showing the model a few solved examples in the prompt. Often a large gain without any "
    "training.",
    "zero-shot": "Asking with an instruction only, without examples. The plainest thing to compare with.",
    "prompt arm": "One way of asking that was measured: its wording, its examples and how the answer is read "
    "off. Comparing several shows whether tuning is needed at all.",
    "constrained decoding": "Letting the model choose only among the allowed answers, such as your labels. It "
    "removes unreadable answers, so a weak score with it is a real weakness.",
    "chat template": "The fixed marks a model expects around each message. If training and serving use "
    "different ones, a good model looks broken.",
    "greedy decoding": "Always taking the likeliest next token, so that the same question gives the same "
    "answer. We measure this way because the result can be repeated.",
    "temperature": "How much chance plays in choosing the next token; 0 is none. Compare models only at the "
    "same temperature.",
    # --- data
    "training pair": "One example: an input and the answer you want for it. The model learns from nothing "
    "else, errors included.",
    "label": "The right answer of a classification example, such as spam. Two spellings of one label are two "
    "labels to the model.",
    "split": "The division of your rows into training, validation and test rows. Done so that copies and "
    "near-copies stay on one side.",
    "training rows": "The rows the model learns from. It has seen their answers, so a score on them proves "
    "nothing.",
    "validation rows": "Rows kept out of training and used to choose: prompt, settings, when to stop. Being "
    "chosen on, they flatter a little.",
    "test rows": "Rows kept sealed until the very end and scored once. The only honest forecast of how it "
    "will do on new text.",
    "held-out": "Kept away from training, as validation and test rows are. Without held-out rows you measure "
    "memory, not skill.",
    "leak": "A test row that is also in the training rows, exactly or nearly. It makes the score better than "
    "the truth.",
    "duplicate": "A row that says the same as another. It teaches nothing new and counts twice.",
    "near-duplicate": "A row that is almost the same as another, up to a few words. It leaks as easily as an "
    "exact copy.",
    "conflict": "The same input with different answers. Where one answer is right, the model learns to guess.",
    "class imbalance": "Some labels have far more rows than others. The model then prefers the common ones, "
    "and plain accuracy hides it.",
    "label noise": "Wrong answers among the examples. They are learned as eagerly as the right ones.",
    "confident learning": "Finding wrong labels by asking a simple model, trained on other rows, which "
    "answers it finds very unlikely. It gives suspects for a person to look at.",
    "data audit": "Measuring everything that is wrong with the examples before any training. Most of the "
    "effort of a good project goes here.",
    "learning curve": "The score as a function of the number of examples. Flat means that more of the same "
    "rows won't help; rising means they will.",
    "personal data (PII)": "Whatever points to a person: names with addresses, e-mail, phone, card numbers. A "
    "model can repeat what it was trained on.",
    "mojibake": "Letters broken by a wrong encoding, as in cafÃ© for café. The model learns to write them "
    "that way.",
    "distinct-2": "How varied the answers are: different pairs of neighbouring words over all such pairs, 0 to 1. "
    "Where it is low, the same phrases come back again and again.",
    "fingerprint": "A short code computed from content (SHA-256). If a single letter changes so does the "
    "code, which is how we know that what was signed is what is used.",
    # --- size
    "quantisation": "Storing a model's numbers with fewer bits. It saves memory and can cost a little "
    "quality.",
    "bits per byte": "How surprised a model is by your text, per letter; lower is closer. The candidate with "
    "the lowest value already knows your kind of text best.",
    "GiB": "A unit of memory, 1,073,741,824 bytes. Model, training state and conversations all have to fit "
    "into the memory you have.",
    "Pareto chart": "A picture of the candidates with quality one way and cost the other. Those on its edge "
    "are worth considering; the others are beaten in both.",
    "safetensors": "A file format for models that holds numbers only. Older formats can run a stranger's "
    "program when opened, so we refuse them.",
    # --- training
    "LoRA": "Training small added matrices and leaving the model itself alone (low-rank adaptation). Far less "
    "memory, and the result is a small file that can be taken off again.",
    "QLoRA": "LoRA on a model kept in 4-bit form while training. For when even LoRA does not fit into memory.",
    "LoRA rank": "The width of LoRA's added matrices, often 8 to 64. More can hold more change, and needs "
    "more rows to be worth it.",
    "LoRA alpha": "How strongly LoRA's change is applied, divided by the rank. Kept at a fixed ratio so that "
    "changing the rank does not change the strength.",
    "adapter": "The small file LoRA training leaves behind; with the base model it is the tuned model. "
    "Several adapters can share one base model.",
    "full fine-tuning": "Training every number of the model. Needs many times the memory of LoRA and rarely "
    "does better on a narrow task.",
    "epoch": "One pass over all training rows. One to three are usual; more mostly learns the rows by heart.",
    "step": "One update of the model from one batch of rows. Under about 50 steps little can have been "
    "learned.",
    "batch size": "How many rows go into one update. Larger is steadier and needs more memory.",
    "gradient accumulation": "Adding up several small batches before one update. It gives the effect of a "
    "large batch in the memory of a small one.",
    "learning rate": "How big each update is. The setting that matters most: too high ruins the model, too "
    "low learns nothing.",
    "warm-up": "Raising the learning rate slowly over the first steps. It keeps the first updates from doing "
    "damage.",
    "loss": "How far the model's predictions are from the right answers; lower is better. It guides training, "
    "but the score of your task decides.",
    "validation loss": "The loss on rows the model does not learn from. When it rises while the training loss "
    "falls, the model is learning by heart.",
    "overfitting": "Learning the training rows by heart instead of the task. Good on known rows, worse on new "
    "ones.",
    "early stopping": "Ending training when the validation score no longer improves. It saves time and keeps "
    "the best state instead of the last.",
    "checkpoint": "A saved state of training. An interrupted run goes on from its last complete one, and the "
    "best one is what is kept.",
    "hyper-parameter": "A setting chosen before training, such as the learning rate. A small search over a "
    "few is worth more than one run with the defaults.",
    "hyper-parameter search": "Training several times with different settings and keeping the best by "
    "validation score. Test rows are never used for it.",
    "seed": "The number that random choices start from. The same seed gives the same split and sample, so a "
    "result can be repeated.",
    # --- scores
    "metric": "The number by which answers are judged, such as accuracy. A wrong metric makes a bad model "
    "look good.",
    "target": "The score at which the model is good enough for you, decided before measuring. Without one "
    "every result can be talked up.",
    "smallest gain": "The smallest improvement that would be worth the trouble. It decides how many test rows "
    "are needed to see it.",
    "accuracy": "The share of answers that are right. With one very common label it is high even for a model "
    "that always says that label.",
    "precision": "Of what the model reported, the share that was right. Low precision means false alarms.",
    "recall": "Of what should have been found, the share that was found. Low recall means misses.",
    "F1": "Precision and recall in one number, their harmonic mean. High only when both are.",
    "macro-F1": "F1 for each label, then the plain average. Every label counts the same, so it shows when "
    "rare labels are done badly.",
    "entity F1": "F1 over whole found names, dates and the like: both the words and the kind must be right. "
    "The usual metric for extraction.",
    "ROUGE": "How many words and word sequences a summary shares with the reference. It can't see whether the "
    "summary is true, so outputs must be read as well.",
    "BLEU": "How many word sequences a translation shares with the reference. Good for comparing systems on "
    "the same texts, and for nothing else.",
    "chrF": "Like BLEU on sequences of letters. Fairer to languages with many word forms.",
    "exact match": "The share of answers that equal the reference letter for letter, up to case and space. "
    "Strict, and right where only one answer is.",
    "confidence interval": "The range that very likely holds the true score, given how few rows were "
    "measured. If two ranges overlap widely, nothing has been shown.",
    "paired test": "Comparing two models on the same rows, row by row. It needs far fewer rows than comparing "
    "two scores (McNemar, paired bootstrap).",
    "p-value": "How often chance alone would give a difference this large. Small means chance is a poor "
    "explanation; it does not mean the difference is large.",
    "baseline": "The simplest thing that could work, such as always giving the commonest label. A model that "
    "does not beat it has learned nothing.",
    "slice": "A part of the rows with something in common, such as long inputs. A good average can hide a "
    "slice that fails.",
    "catastrophic forgetting": "Losing general abilities while learning the task. Checked with a small "
    "general test before and after.",
    # --- people and fairness
    "domain expert": "The person who knows what a right answer is. They say what good means, check a sample "
    "and sign; nobody else can.",
    "sign-off": "The expert's signature under exactly this data and plan. Change either and it no longer "
    "holds.",
    "Cohen's kappa": "How far two reviewers agree beyond chance, 1 being always. Under 0.6 the task is not "
    "defined clearly enough for a model to learn.",
    "waiver": "A block set aside by the expert in writing, with a reason. It is shown in the report for ever.",
    "four-fifths rule": "A warning sign for unfair outcomes: one group gets the good outcome less than 80 % "
    "as often as another. Tuning makes such a gap wider.",
    "impact ratio": "How often one group gets the good outcome, over how often the group that fares best gets it. "
    "Under 0.8 it breaks the four-fifths rule.",
    # --- serving
    "vLLM": "The program that serves the model to others, many requests at once. It runs base and tuned model "
    "from one copy in memory.",
    "endpoint": "The address where a served model answers. Ours answers on this computer only, with a key.",
    "parity": "The served model gives the same tokens as the trained one. Without that check you may deploy "
    "another model than you measured.",
    "latency": "How long people wait for an answer. It depends on the length of answers and on how many ask "
    "at once.",
    "TTFT": "Time to first token: the wait until the first word appears. It decides whether the system feels "
    "alive.",
    "TPOT": "Time per output token: the pace of the answer after its first word, averaged over an answer. "
    "Under about 100 ms it is faster than people read.",
    "ITL": "Inter-token latency: the gap between two pieces of an answer as they arrive. Pieces can hold "
    "several tokens, so TPOT is the fairer figure.",
    "E2E latency": "End-to-end: from sending the question to the last word. What counts when nobody watches "
    "the words appear.",
    "throughput": "Tokens or requests finished in a second by all users together. It can rise while each one "
    "waits longer.",
    "goodput": "Requests finished in a second that also kept the target. Throughput that nobody has to wait "
    "too long for.",
    "percentile (p95)": "The value that 95 of 100 requests stay under. Averages hide the people who waited "
    "longest.",
    "KV cache": "The memory a model needs for each conversation under way. It limits how many users fit at "
    "once.",
    "merged model": "A tuned model with the adapter worked into its numbers. A little faster to serve, but it "
    "can't be taken apart again.",
}

ALSO: dict[str, str] = {
    "finetuning": "fine-tuning",
    "tuning": "fine-tuning",
    "llm": "large language model (LLM)",
    "language model": "large language model (LLM)",
    "rag": "retrieval (RAG)",
    "retrieval": "retrieval (RAG)",
    "context window": "context length",
    "k-shot": "few-shot",
    "rank": "LoRA rank",
    "r": "LoRA rank",
    "alpha": "LoRA alpha",
    "lr": "learning rate",
    "warmup": "warm-up",
    "batch": "batch size",
    "epochs": "epoch",
    "overfitted": "overfitting",
    "hpo": "hyper-parameter search",
    "hyperparameter": "hyper-parameter",
    "ci": "confidence interval",
    "interval": "confidence interval",
    "mcnemar": "paired test",
    "bootstrap": "paired test",
    "significance": "p-value",
    "significant": "p-value",
    "kappa": "Cohen's kappa",
    "pii": "personal data (PII)",
    "personal data": "personal data (PII)",
    "leakage": "leak",
    "held out": "held-out",
    "holdout": "held-out",
    "test set": "test rows",
    "validation set": "validation rows",
    "training set": "training rows",
    "forgetting": "catastrophic forgetting",
    "time to first token": "TTFT",
    "time per output token": "TPOT",
    "inter-token latency": "ITL",
    "end-to-end": "E2E latency",
    "e2e": "E2E latency",
    "percentile": "percentile (p95)",
    "p95": "percentile (p95)",
    "p99": "percentile (p95)",
    "p50": "percentile (p95)",
    "bpb": "bits per byte",
    "quantization": "quantisation",
    "gb": "GiB",
    "sha-256": "fingerprint",
    "hash": "fingerprint",
    "f1 score": "F1",
    "macro f1": "macro-F1",
    "rouge-l": "ROUGE",
    "signoff": "sign-off",
    "expert": "domain expert",
    "model size": "parameters",
}
"""Other names people use, in lower case, and the entry they mean."""
