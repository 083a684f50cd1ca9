"""The closed world as facts: a subject, a relation, an answer, and how people ask and say it."""
import json
import pathlib
import zlib

WORLD = json.loads((pathlib.Path(__file__).parent / "world.json").read_text())


def bucket(*parts, mod=8):
    """A stable hash bucket in 0..mod-1, for splits that do not depend on the order of generation."""
    return zlib.crc32("|".join(map(str, parts)).encode()) % mod


# relation: (questions for training, held-out questions, answers); {s} is the subject, {a} the answer
RELATIONS = {
    "capital": (
        ["What is the capital of {s}?", "What's the capital of {s}?", "Which city is the capital of {s}?",
         "Name the capital of {s}.", "capital of {s}", "Tell me the capital of {s}.", "{s} has which capital?",
         "What is {s}'s capital?", "The capital of {s} is which city?", "Give me the capital city of {s}.",
         "Do you know the capital of {s}?"],
        ["What is the capital city of {s}?", "Can you name the capital of {s}?", "Which city is {s}'s capital?"],
        ["The capital of {s} is {a}.", "{a} is the capital of {s}.", "It is {a}.", "{a}."]),
    "continent": (
        ["On which continent is {s}?", "What continent is {s} in?", "Which continent does {s} belong to?",
         "In which part of the world is {s}?", "Name the continent of {s}.", "continent of {s}",
         "On which continent does {s} lie?"],
        ["On what continent is {s}?", "Tell me the continent of {s}.", "Which continent is {s} in?"],
        ["{s} is in {a}.", "{s} lies in {a}.", "It is in {a}.", "{a}."]),
    "currency": (
        ["What is the currency of {s}?", "Which currency is used in {s}?", "What money do people use in {s}?",
         "How do people pay in {s}?", "Name the currency of {s}.", "currency of {s}",
         "What is {s}'s currency?", "With what money do you pay in {s}?"],
        ["What currency does {s} use?", "Tell me the currency of {s}.", "What money is used in {s}?"],
        ["The currency of {s} is the {a}.", "In {s} people pay with the {a}.", "It is the {a}.", "The {a}."]),
    "language": (
        ["What language is spoken in {s}?", "Which language do people speak in {s}?", "language of {s}",
         "What is the main language of {s}?", "Name the language of {s}.", "What do people speak in {s}?"],
        ["Which language is spoken in {s}?", "Tell me the language of {s}.", "What is the language of {s}?"],
        ["People in {s} speak {a}.", "The main language of {s} is {a}.", "It is {a}.", "{a}."]),
    "capital_of": (
        ["{s} is the capital of which country?", "Which country has the capital {s}?", "{s} is the capital of what?",
         "Of which country is {s} the capital?", "Whose capital is {s}?"],
        ["Which country has {s} as its capital?", "{s} is which country's capital?"],
        ["{s} is the capital of {a}.", "It is the capital of {a}.", "{a}."]),
    "symbol": (
        ["What is the chemical symbol for {s}?", "What is the symbol of {s}?", "Name the chemical symbol of {s}.",
         "symbol for {s}", "How is {s} written in chemistry?", "What's the chemical symbol of {s}?"],
        ["Which chemical symbol does {s} have?", "What is the chemical symbol of {s}?"],
        ["The chemical symbol for {s} is {a}.", "The symbol of {s} is {a}.", "It is {a}.", "{a}."]),
    "element": (
        ["Which element has the symbol {s}?", "What element is {s}?", "What does the symbol {s} stand for?",
         "{s} is the symbol of which element?"],
        ["Which chemical element is {s}?", "The symbol {s} stands for which element?"],
        ["{s} is the symbol for {a}.", "{s} stands for {a}.", "It is {a}."]),
    "number": (
        ["What is the atomic number of {s}?", "Which atomic number does {s} have?", "atomic number of {s}",
         "Name the atomic number of {s}."],
        ["What's the atomic number of {s}?", "Tell me the atomic number of {s}."],
        ["The atomic number of {s} is {a}.", "{s} has the atomic number {a}.", "It is {a}."]),
    "opposite": (
        ["What is the opposite of {s}?", "What's the opposite of {s}?", "Name the opposite of {s}.",
         "opposite of {s}", "Which word is the opposite of {s}?", "Give me the opposite of {s}."],
        ["Tell me the opposite of {s}.", "What word is the opposite of {s}?"],
        ["The opposite of {s} is {a}.", "It is {a}.", "{a}."]),
    "sound": (
        ["What sound does a {s} make?", "What does a {s} do to make noise?", "Which sound does a {s} make?",
         "How does a {s} sound?"],
        ["What noise does a {s} make?", "Tell me what sound a {s} makes."],
        ["A {s} {a}.", "The {s} {a}.", "It {a}."]),
    "young": (
        ["What is a young {s} called?", "What do you call a baby {s}?", "Name the young of a {s}.",
         "How is a baby {s} called?"],
        ["What is a baby {s} called?", "What do you call a young {s}?"],
        ["A young {s} is called a {a}.", "It is called a {a}.", "A {a}."]),
    "group": (
        ["Is a {s} a mammal, a bird or something else?", "What kind of animal is a {s}?",
         "Which group of animals does a {s} belong to?"],
        ["What type of animal is a {s}?", "To which group of animals does a {s} belong?"],
        ["A {s} is a kind of {a}.", "It is a kind of {a}.", "The {s} belongs to the group {a}."]),
    "colour": (
        ["What colour is {s}?", "Which colour does {s} have?", "What color is {s}?", "Name the colour of {s}."],
        ["What is the colour of {s}?", "Tell me the colour of {s}."],
        ["The colour of {s} is {a}.", "It is {a}.", "{a}."]),
    "mix": (
        ["What do you get when you mix {s}?", "Which colour do {s} make?", "Mixing {s} gives which colour?"],
        ["What colour do you get from {s}?", "If I mix {s}, what do I get?"],
        ["Mixing {s} gives {a}.", "You get {a}.", "{a}."]),
    "day_after": (
        ["Which day comes after {s}?", "What day follows {s}?", "What is the day after {s}?"],
        ["Which day follows {s}?", "What day comes after {s}?"],
        ["{a} comes after {s}.", "The day after {s} is {a}.", "It is {a}."]),
    "day_before": (
        ["Which day comes before {s}?", "What is the day before {s}?", "What day is just before {s}?"],
        ["What day comes before {s}?", "Name the day before {s}."],
        ["{a} comes before {s}.", "The day before {s} is {a}.", "It is {a}."]),
    "month_after": (
        ["Which month comes after {s}?", "What month follows {s}?", "What is the month after {s}?"],
        ["Which month follows {s}?", "What month comes after {s}?"],
        ["{a} comes after {s}.", "The month after {s} is {a}.", "It is {a}."]),
    "month_days": (
        ["How many days does {s} have?", "How many days are in {s}?", "How long is {s}?"],
        ["How many days has {s}?", "What is the number of days in {s}?"],
        ["{s} has {a} days.", "There are {a} days in {s}.", "It has {a} days."]),
    "planet": (
        ["Which planet is the {s} from the sun?", "What is the {s} planet from the sun?", "Name the {s} planet."],
        ["What is the {s} planet?", "Which is the {s} planet from the sun?"],
        ["The {s} planet from the sun is {a}.", "It is {a}.", "{a} is the {s} planet from the sun."]),
    "unit": (
        ["How many {s}?", "How many {s}, please?", "What is the number of {s}?"],
        ["Tell me how many {s}.", "Do you know how many {s}?"],
        ["It is {a}.", "{a}."]),
    "author": (
        ["Who wrote {s}?", "Who is the author of {s}?", "Which author wrote {s}?", "Name the author of {s}.",
         "By whom is {s}?", "author of {s}"],
        ["Who was the author of {s}?", "Tell me who wrote {s}."],
        ["{s} was written by {a}.", "{a} wrote {s}.", "It was {a}.", "{a}."]),
}
SENTENCE_WEIGHTS = [6, 2, 1, 1]  # how often each way to say an answer is used


class Fact:
    """One fact; `pool` holds the plausible wrong answers (same kind, never the right one)."""

    def __init__(self, relation, subject, answer, pool, sentences=None):
        self.relation, self.subject, self.answer = relation, subject, str(answer)
        self.pool = sorted({str(p) for p in pool} - {self.answer})
        self.questions, self.held_questions, usual = RELATIONS[relation]
        self.sentences = sentences or usual
        self.judge_held = bucket(relation, subject) == 0  # never judged in training

    def say(self, template, answer=None):
        text = template.replace("{s}", self.subject).replace("{a}", answer or self.answer)
        return text[0].upper() + text[1:]

    def truth(self):
        return self.say(self.sentences[0])

    def sentence(self, rng, answer=None):
        weights = SENTENCE_WEIGHTS[:len(self.sentences)]
        return self.say(rng.choices(self.sentences, weights=weights)[0], answer)

    def ask(self, rng, held=False):
        return self.say(rng.choice(self.held_questions if held else self.questions))


def country_facts():
    rows = WORLD["countries"]
    for country, row in rows.items():
        for relation in ("capital", "continent", "currency", "language"):
            yield Fact(relation, country, row[relation], [r[relation] for r in rows.values()])
        yield Fact("capital_of", row["capital"], country, rows)


def science_facts():
    rows = WORLD["elements"]
    for element, row in rows.items():
        yield Fact("symbol", element, row["symbol"], [r["symbol"] for r in rows.values()])
        yield Fact("element", row["symbol"], element, rows)
        yield Fact("number", element, row["number"], [r["number"] for r in rows.values()])
    for ordinal, planet in zip(WORLD["ordinals"], WORLD["planets"]):
        yield Fact("planet", ordinal, planet, WORLD["planets"])
    for big, small, count in WORLD["units"]:
        has = small in ("sides", "legs", "faces", "days", "months", "years", "items")
        subject = f"{small} does {big} have" if has else f"{small} are in {big}"
        said = f"{big[0].upper() + big[1:]} {'has' if has else 'is'} {{a}} {small}."
        yield Fact("unit", subject, count, [u[2] for u in WORLD["units"]] + [5, 9, 30, 50],
                   [said, "It is {a}.", f"{{a}} {small}."])


def word_facts():
    words = {w for pair in WORLD["opposites"] for w in pair}
    for a, b in WORLD["opposites"]:
        yield Fact("opposite", a, b, words - {a})
        yield Fact("opposite", b, a, words - {b})
    for work, author in WORLD["works"].items():
        yield Fact("author", work, author, WORLD["works"].values())


def everyday_facts():
    rows = WORLD["animals"]
    for animal, row in rows.items():
        for relation in ("sound", "young", "group"):
            yield Fact(relation, animal, row[relation], [r[relation] for r in rows.values()])
    for thing, colour in WORLD["colours"].items():
        yield Fact("colour", thing, colour, WORLD["colours"].values())
    mixed = [m[2] for m in WORLD["mixes"]]
    for a, b, colour in WORLD["mixes"]:
        yield Fact("mix", f"{a} and {b}", colour, mixed)
        yield Fact("mix", f"{b} and {a}", colour, mixed)
    days, months = WORLD["days"], WORLD["months"]
    for i, day in enumerate(days):
        yield Fact("day_after", day, days[(i + 1) % 7], set(days) - {day})
        yield Fact("day_before", day, days[i - 1], set(days) - {day})
    for i, (month, length) in enumerate(months):
        yield Fact("month_after", month, months[(i + 1) % 12][0], {m for m, _ in months} - {month})
        yield Fact("month_days", month, length, [25, 27, 28, 29, 30, 31, 32])


FACTS = [*country_facts(), *science_facts(), *word_facts(), *everyday_facts()]
WEIGHTS = [{"capital": 3, "currency": 2, "language": 2, "continent": 1.2, "capital_of": 1.2}.get(f.relation, 1.5) for f in FACTS]
TOPICS = WORLD["topics"]


def pick_fact(rng):
    return rng.choices(FACTS, weights=WEIGHTS)[0]


def topic_answer(rng, topic):
    """A definition, mostly followed by a detail."""
    text = rng.choice(TOPICS[topic]["definitions"])
    return text if rng.random() < 0.35 else text + " " + rng.choice(TOPICS[topic]["details"])
