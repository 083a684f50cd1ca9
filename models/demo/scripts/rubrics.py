"""The grading prompts that the product ships, read from templates/, and random other wordings."""
import pathlib

import yaml

TEMPLATES = pathlib.Path(__file__).parents[3] / "templates"
PROMPT = yaml.safe_load((TEMPLATES / "prompts" / "judge.yaml").read_text())
RUBRICS = {p.stem: yaml.safe_load(p.read_text()) for p in sorted((TEMPLATES / "rubrics").glob("*.yaml"))}
FIELDS = ["question", "context", "reference", "answer", "answer_a", "answer_b"]
# one-sentence criteria, as a user gives them, and the criterion whose grades they ask for
SENTENCES = {
    "quality": ["The answer is relevant, accurate and clear.", "The answer is good.", "The answer is of high quality."],
    "relevance": ["The answer is about the question.", "The answer addresses what was asked.", "The answer stays on topic."],
    "accuracy": ["The answer is correct.", "The answer is true.", "Everything in the answer is factually right."],
    "clarity": ["The answer is easy to read.", "The answer is clear.", "The answer is written in good English."],
    "correctness": ["The answer matches the reference.", "The answer says the same as the reference."],
    "faithfulness": ["The answer follows from the context.", "The answer only says what the context says."],
    "helpfulness": ["The answer helps the user.", "The answer is useful."],
    "conciseness": ["The answer is short.", "The answer has no unneeded words.", "The answer is concise."],
    "safety": ["The answer is polite.", "The answer is harmless.", "The answer does not insult or harm anyone."],
}
HELD_SENTENCES = {
    "quality": ["This is a high quality answer."], "relevance": ["The reply deals with the question."],
    "accuracy": ["The facts in the answer are right."], "clarity": ["The answer reads well."],
    "correctness": ["The answer agrees with the expected one."], "faithfulness": ["The context supports the answer."],
    "helpfulness": ["A user would find the answer helpful."], "conciseness": ["The answer is brief and to the point."],
    "safety": ["The answer is friendly and safe."],
}


def render_fields(values):
    return "\n".join(PROMPT["fields"][f].replace("{" + f + "}", values[f]) for f in FIELDS if f in values)


def instruction(rubric):
    levels = "\n".join(f"{k} = {v}" for k, v in sorted(rubric["scale"].items(), reverse=True))
    return (PROMPT["score"]["instruction"].replace("{title}", rubric["title"])
            .replace("{description}", rubric["description"]).replace("{levels}", levels))


def custom_rubric(sentence):
    """What --criteria makes of one sentence."""
    return {"title": PROMPT["criteria_title"], "description": sentence, "scale": PROMPT["criteria_scale"]}


def fill(text, values):
    for key, value in values.items():
        text = text.replace("{" + key + "}", value)
    return text


def chat(kind, layout, reason, rubric):
    """(system message, user message with a hole for the fields) of a grading or a comparison, as the product sends them."""
    ask = instruction(rubric) if kind == "score" else fill(
        PROMPT["pairwise"]["instruction"], {"title": rubric["title"], "description": rubric["description"]})
    parts = {"system": PROMPT["system"], "instruction": ask,
             "format": fill(PROMPT[kind]["formats"][reason], {"low": "1", "high": "5"})}
    return [fill(PROMPT["layouts"][layout][role], parts) for role in ("system", "user")]


# ---------------------------------------------------------------- other people's wordings

OPENERS = ["Grade the answer.", "Grade the answer to the question.", "Rate the answer.", "You are grading an answer.",
           "Evaluate the following answer.", "Score the candidate answer.", "Judge the quality of the answer.",
           "Please assess the response below.", "How good is this answer?", "Your task is to grade an answer of a model.",
           "You are an impartial judge. Evaluate the answer of an assistant to the question of a user.",
           "Rate how well the response answers the prompt.", "Give a grade to the reply.", "Mark this answer."]
HELD_OPENERS = ["Assess how good the reply is.", "Please grade the response of the assistant.",
                "As an expert evaluator, score the given answer."]
ABOUT = {
    "quality": ["Judge it for relevance, accuracy and clarity.", "Consider relevance, accuracy, and clarity.", "",
                "Look at accuracy, relevance and clarity.", "A good answer is relevant, accurate and clear.", "",
                "Criterion: overall quality."],
    "relevance": ["Does it answer the question?", "Is it on topic?"], "accuracy": ["Is it correct?", "Is it true?"],
    "clarity": ["Is it clear?", "Is it well written?"], "correctness": ["Compare it with the reference.", "Does it match the reference?"],
    "faithfulness": ["Does the context support it?", "Is it grounded in the context?"],
    "helpfulness": ["Is it helpful?", "Is it useful to the user?"], "conciseness": ["Is it short?", "Is it free of padding?"],
    "safety": ["Is it polite?", "Is it harmless?"],
}
HELD_ABOUT = {"quality": ["Think about how relevant, accurate and clear it is.", "Use these criteria: accuracy, clarity, relevance."]}
SINGLE = ["Criterion: {c}.", "Rate only the {c} of the answer.", "Judge its {c}.", "Criteria: {c}", "Score the {c}.",
          "Evaluate the {c}.", "{c}:"]
HELD_SINGLE = ["Look only at {c}.", "The criterion is {c}."]
SCALES = ["Give a score from 1 to 5.", "Use a scale from 1 (bad) to 5 (excellent).", "1 is the worst and 5 the best score.",
          "Scores go from 1 (poor) to 5 (very good).", "Score from 1 to 5.", "", "Rubric: 1 = very bad, 3 = partly good, 5 = very good.",
          "5 = excellent\n4 = good\n3 = acceptable\n2 = poor\n1 = unacceptable", "Grades: 1, 2, 3, 4 or 5 (best)."]
HELD_SCALES = ["The score is an integer between 1 and 5, where 5 is perfect.", "Pick a grade from 1 (very poor) to 5 (perfect)."]
SCORE_FIRST = ['Reply with JSON: {"$k": <1-5>, "$j": "<text>"}', 'Answer only with JSON like {"$k": 3, "$j": "..."}.',
               'Output a JSON object with the keys "$k" and "$j".', 'Return JSON with "$k" and "$j".',
               'Respond in JSON format: {"$k": number, "$j": string}']
REASON_FIRST = ['Reply with JSON: {"$j": "<text>", "$k": <1-5>}', 'Answer only with JSON like {"$j": "...", "$k": 3}.',
                'Output a JSON object with the keys "$j" and "$k".', 'Return JSON with "$j" and "$k".']
HELD_SCORE_FIRST = ['Give your verdict as JSON with the fields "$k" and "$j".', 'Format: {"$k": 1-5, "$j": "short reason"}']
HELD_REASON_FIRST = ['Give your verdict as JSON with the fields "$j" and "$k".', 'Format: {"$j": "short reason", "$k": 1-5}']
KEYS = [("score", "justification", 70), ("score", "reason", 12), ("score", "explanation", 6), ("rating", "justification", 6),
        ("score", "reasoning", 6)]
LABELS = [("Question", "Context", "Reference answer", "Answer"), ("Question", "Source", "Reference", "Candidate answer"),
          ("User question", "Document", "Expected answer", "Model answer"), ("Prompt", "Text", "Reference", "Response"),
          ("Q", "Context", "Reference", "A"), ("Question", "Passage", "Correct answer", "Assistant's answer"),
          ("Input", "Context", "Expected", "Output"), ("Question", "Context", "Gold answer", "Answer to grade"),
          ("Query", "Context", "Ground truth", "Reply"), ("Task", "Facts", "Solution", "Submission")]
HELD_LABELS = [("User prompt", "Background", "Reference answer", "Model response"),
               ("Question asked", "Given text", "Ideal answer", "Given answer")]
STYLES = [(lambda k, v: f"{k}: {v}", "\n"), (lambda k, v: f"{k}: {v}", "\n\n"), (lambda k, v: f"{k}:\n{v}", "\n\n"),
          (lambda k, v: f'{k}: "{v}"', "\n"), (lambda k, v: f"[{k}]\n{v}", "\n"), (lambda k, v: f"### {k}\n{v}", "\n\n"),
          (lambda k, v: f"<{k.lower().replace(' ', '_')}>{v}</{k.lower().replace(' ', '_')}>", "\n"),
          (lambda k, v: f"**{k}:** {v}", "\n")]
FILLERS = ["Be strict.", "Be fair.", "Be strict but fair.", "Do not add other text.", "Think carefully.", "Be consistent.",
           "The reference may be missing.", "Keep the reason short.", "Only output JSON.", "Ignore the length.",
           "Here is the question and the answer.", "The answer was written by a language model."]
NOISE = ["the", "please", "now", "a", "really", "this", "given", "user", "model", "very", "well", "must", "should", "how"]


VERBS = ["Grade", "Rate", "Score", "Evaluate", "Judge", "Review", "Mark", "Assess", "Check", "Examine"]
OBJECTS = ["the answer", "this answer", "the response", "the reply", "the output", "the text", "what the model said",
           "the candidate", "the solution", "the assistant's answer", "the student's answer"]
ENDS = ["", "", " to the question", " below", " of the model", " carefully", " as a teacher would", " for this question",
        " and explain why", " in the role of a judge", " on a scale of 1 to 5"]
LOWS = ["bad", "poor", "very bad", "worst", "useless", "wrong", "terrible", "lowest"]
TOPS = ["good", "excellent", "very good", "best", "flawless", "great", "right", "highest"]
REPLY = ["Reply", "Answer", "Respond", "Return", "Output", "Write", "Produce", "Send", "Print", "Finish"]
SHAPE = ["with JSON", "as a JSON object", "in JSON only", "with one JSON object", "with valid JSON", "your grade as JSON",
         "the result in JSON", "a JSON object", "JSON", "nothing but JSON"]
JOINT = [" with the keys", " with", " that has the keys", " containing", " using the keys", ":", " having", " made of"]
LITERAL = [" of the form", " like", " such as", " in this shape:", ":", " like this:", "; example:", " as in"]
NUMBERS = ["<1-5>", "<number>", "3", "1 to 5", "<int>", "4", "number", "N", "?", "<score>"]
TEXTS = ["<text>", "...", "why", "<one sentence>", "string", "because ...", "<your reason>", "text"]


def any_opener(rng):
    return rng.choice(VERBS) + " " + rng.choice(OBJECTS) + rng.choice(ENDS) + "."


def any_scale(rng):
    low, top = rng.choice(LOWS), rng.choice(TOPS)
    return rng.choice([f"From 1 ({low}) to 5 ({top}).", f"1 means {low}, 5 means {top}.", f"1 = {low}, 5 = {top}",
                       f"The score goes from 1 ({low}) to 5 ({top}).", f"5 is {top} and 1 is {low}.", f"Points: 1 {low} ... 5 {top}"])


def any_form(rng, keys, reason_first):
    """How the JSON is asked for, in one of some ten thousand ways."""
    names = [keys[1], keys[0]] if reason_first else list(keys)
    head = f"{rng.choice(REPLY)} {rng.choice(SHAPE)}"
    if rng.random() < 0.4:
        mark = rng.choice(['"', '"', "'", "`"])
        joined = rng.choice([" and ", ", ", " then ", " followed by "]).join(f"{mark}{n}{mark}" for n in names)
        return f"{head}{rng.choice(JOINT)} {joined}."
    values = {keys[0]: rng.choice(NUMBERS), keys[1]: f'"{rng.choice(TEXTS)}"'}
    body = ", ".join(f'"{n}": {values[n]}' for n in names)
    return rng.choice([f"{head}{rng.choice(LITERAL)} {{{body}}}", f"{head}{rng.choice(LITERAL)} {{{body}}}", f"Shape: {{{body}}}", f"JSON: {{{body}}}",
                       f"{{{body}}}", f"Schema: {{{body}}}", f"Example: {{{body}}}"])


def any_labels(rng):
    """Labels for the question, the context, the reference and the answer, put together at random."""
    shape = rng.choice([str.capitalize, str.capitalize, str.title, str.upper, str.lower])
    question = rng.choice(["", "", "The ", "User's ", "Original ", "Test "]) + rng.choice(["question", "query", "input", "task", "request", "problem"])
    context = rng.choice(["", "The ", "Known ", "Source "]) + rng.choice(["context", "document", "text", "passage", "facts", "material"])
    reference = rng.choice(["reference", "expected", "correct", "gold", "true", "known", "target", "right"]) + rng.choice(
        ["", " answer", " response", " output", " solution"])
    answer = rng.choice(["", "", "The ", "Model's ", "AI ", "Candidate ", "Student ", "Proposed ", "Bot ", "Generated ", "Actual "]) + rng.choice(
        ["answer", "response", "reply", "output", "completion", "text", "submission"]) + rng.choice(["", "", "", " to grade", " to judge"])
    return tuple(shape(label) for label in (question, context, reference, answer))


def roughen(rng, text):
    """Drops or inserts some words of an instruction, so that no single word becomes a cue."""
    words = text.split(" ")
    for _ in range(rng.randint(1, 3)):
        i = rng.randrange(len(words))
        if rng.random() < 0.5 and len(words) > 2:
            del words[i]
        else:
            words.insert(i, rng.choice(NOISE))
    return " ".join(words)


def about_criterion(rng, criterion, held):
    sentences = (HELD_SENTENCES if held else SENTENCES)[criterion]
    r = rng.random()
    if r < 0.25 and criterion != "quality":
        return f"Criterion: {rng.choice(sentences)}"
    if held:
        held_about = HELD_ABOUT.get(criterion)
        return rng.choice(held_about) if held_about else rng.choice(HELD_SINGLE).replace("{c}", criterion)
    if criterion == "quality":
        return rng.choice(ABOUT["quality"])
    single = rng.choice(SINGLE).replace("{c}", criterion)
    return rng.choice([single, single, rng.choice(ABOUT[criterion]), f"{single} {rng.choice(ABOUT[criterion])}"])


def pick_keys(rng):
    return rng.choices([k[:2] for k in KEYS], weights=[k[2] for k in KEYS])[0]


def free_parts(rng, criterion, keys, reason_first):
    """(labels, head, form) of a training wording: half from the lists, half put together at random."""
    fixed = lambda: rng.random() < 0.4
    form = rng.choice(REASON_FIRST if reason_first else SCORE_FIRST).replace("$k", keys[0]).replace("$j", keys[1])
    head = [rng.choice(OPENERS) if fixed() else any_opener(rng), about_criterion(rng, criterion, False),
            rng.choice(SCALES) if fixed() else any_scale(rng)]
    return rng.choice(LABELS) if fixed() else any_labels(rng), head, form if fixed() else any_form(rng, keys, reason_first)


def held_parts(rng, criterion, keys, reason_first):
    """The same in a held-out wording."""
    form = rng.choice(HELD_REASON_FIRST if reason_first else HELD_SCORE_FIRST).replace("$k", keys[0]).replace("$j", keys[1])
    return rng.choice(HELD_LABELS), [rng.choice(HELD_OPENERS), about_criterion(rng, criterion, True), rng.choice(HELD_SCALES)], form


def free_prompt(rng, criterion, values, keys, reason_first, held=False):
    """A grading prompt in a random wording and layout."""
    labels, head, form = (held_parts if held else free_parts)(rng, criterion, keys, reason_first)
    label_of = dict(zip(["question", "context", "reference", "answer"], labels))
    style, gap = rng.choice(STYLES)
    body = gap.join(style(label_of[f], values[f]) for f in FIELDS if f in values)
    if not held:
        head = [roughen(rng, h) if h and rng.random() < 0.25 else h for h in head]
        if rng.random() < 0.35:
            head.insert(rng.randrange(4), rng.choice(FILLERS))
        if rng.random() < 0.1:
            rng.shuffle(head)
    glue = rng.choice([" ", "\n"])
    head_text = glue.join(h for h in head if h)
    r = rng.random()
    if r < 0.4:
        return f"{head_text}{glue}{form}\n\n{body}"
    if r < 0.7:
        return f"{head_text}\n\n{body}\n\n{form}"
    return f"{body}\n\n{head_text}{glue}{form}"
