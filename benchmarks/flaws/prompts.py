"""Prompts and goals for measuring, half of them bad. Written blind, but the detectors were then mended on them."""

from __future__ import annotations

GOOD_PROMPTS = (
    ("classify", "Classify the support ticket as billing, technical or other. Answer with one word only."),
    ("classify", "You label film reviews for a cinema magazine. Reply with exactly one label: positive or negative."),
    ("classify", "Decide whether the clause limits liability. Output yes or no, nothing else."),
    ("classify", "Which of these topics does the headline belong to: sports, politics, business? Return the topic only."),
    ("extract", "Extract the invoice number, date and total from the text. Return JSON with the keys number, date, total."),
    ("extract", "List every drug named in the note, one per line, without doses. Write none if there is no drug."),
    ("extract", "Pull out the sender and the deadline as a JSON object; use null for what is missing."),
    ("summarise", "Summarise the report for hospital managers in at most three sentences. Do not add opinions."),
    ("summarise", "Write a headline of no more than ten words for readers of a local newspaper. Keep all names."),
    ("summarise", "Condense the meeting notes into five bullet points for colleagues who were absent; no names."),
    ("translate", "Translate the sentence into formal German. Return only the translation, without notes."),
    ("translate", "Render the text in French for museum visitors. Keep numbers and names unchanged; output one paragraph."),
    ("answer", "Answer the customer's question in two or three polite sentences. Never promise a refund."),
    ("answer", "Explain the concept to a ten-year-old in under 80 words. Do not use formulas."),
    ("answer", "You are a tutor for first-year students. Give the solution in numbered steps, at most five."),
    ("structured", "Turn the request into one SQLite SELECT statement. Only use the tables shown; return SQL only."),
    ("structured", "Convert the recipe to JSON with the fields title, ingredients (list) and minutes (integer)."),
    ("classify", "Rate the urgency of the message from 1 to 5. Reply with the digit alone."),
)
BAD_PROMPTS = (
    ("classify", "Look at this text."),
    ("classify", "Tell me about the review."),
    ("classify", "What do you think about this?"),
    ("extract", "Get the important stuff."),
    ("extract", "Find the details in the document."),
    ("summarise", "Make it shorter."),
    ("summarise", "Summarize."),
    ("summarise", "Please do a nice summary of the article."),
    ("translate", "Translate."),
    ("answer", "Help the user."),
    ("answer", "Respond in a good way."),
    ("answer", "Be a helpful assistant and do what seems best."),
    ("answer", "Say something useful about the topic, whatever comes to mind."),
    ("answer", "Answer as you please."),
    ("structured", "Process the input."),
    ("structured", "Handle the request properly."),
    ("answer", "You are an assistant."),
    ("classify", "Deal with the following ticket."),
)
FRESH_GOALS = (
    "Tell customers whether an item is in stock right now.",
    "Answer questions about this morning's exchange rates.",
    "Report the latest football results to fans.",
    "Say which flights are delayed today.",
    "Give the current opening hours of our branches.",
    "Answer what our newest price list says.",
    "Keep users informed about breaking political news.",
    "Predict tomorrow's weather for a given town.",
    "Tell employees how many holidays they have left.",
    "Answer questions about recent changes in tax law as they happen.",
    "Look up the status of a customer's order.",
    "Who is the present head of government of a country?",
    "Quote the bitcoin price when asked.",
    "Recommend restaurants that are open now.",
    "Answer from our product documentation, which changes every week.",
    "Summarise what happened on the stock market today.",
    "Tell visitors which exhibitions are on this week.",
    "Say how long the queue at the border is at the moment.",
    "Answer questions about today's cafeteria menu.",
    "Tell drivers where there are traffic jams right now.",
    "Inform members about changes to our rules, which are updated every month.",
    "Give the price of a share of a named company.",
    "Say who currently leads the championship.",
    "Answer questions about the latest version of our software.",
)
LASTING_GOALS = (
    "Sort incoming mails into complaints, orders and others.",
    "Write product descriptions in our house style.",
    "Turn doctors' dictated notes into structured reports.",
    "Translate user manuals from English to Polish.",
    "Extract party names and dates from contracts.",
    "Summarise news articles in two sentences.",
    "Classify reviews of films as good or bad.",
    "Answer grammar questions of language learners.",
    "Convert plain questions into SQL for our schema.",
    "Rewrite letters so that they are easy to read.",
    "Detect sarcasm in comments.",
    "Explain school mathematics step by step.",
    "Draft polite replies to complaints about late parcels.",
    "Grade essays by our rubric.",
    "Name the current and the voltage in a description of a circuit.",
    "Find spelling mistakes in letters.",
    "Write a short poem about a given word.",
    "Answer questions about a passage that is handed in with them.",
    "Tell whether two sentences mean the same.",
    "Rewrite a sentence in the present tense.",
    "Reply to guests who ask for a room in the tone of our hotel.",
    "Extract opening hours and prices from web pages.",
    "Label tweets about the weather by mood.",
    "Tell which of the latest two paragraphs in a text contradicts the first.",
)


def judged_prompts() -> tuple[int, int, int, int]:
    """(bad prompts that block, bad prompts, good prompts that do not, good prompts)."""
    from backend.prompts.wording import lacks, open_wording

    def blocks(task: str, text: str) -> bool:
        missing = lacks(text, task) or ()
        return bool(open_wording(text)) or bool({"task", "output form"} & set(missing)) or len(missing) > 1

    bad, good = ([blocks(*prompt) for prompt in prompts] for prompts in (BAD_PROMPTS, GOOD_PROMPTS))
    return sum(bad), len(bad), good.count(False), len(good)


def judged_goals() -> tuple[int, int, int, int]:
    """(goals that need fresh facts and are named, all of them, other goals left alone, all of them)."""
    from backend.prompts.fresh import fresh_phrases

    bad, good = ([bool(fresh_phrases(goal)) for goal in goals] for goals in (FRESH_GOALS, LASTING_GOALS))
    return sum(bad), len(bad), good.count(False), len(good)
