"""Seeded generator of chat documents: a document is a list of [role, text] turns.

Text between MARK_ON and MARK_OFF in an assistant turn is trained with a higher weight.
"""
from answers import IDK, topic_question
from facts import FACTS, TOPICS, WORLD, pick_fact, topic_answer
from invent import made_up, made_up_fact, name, swapped_fact

MARK_ON, MARK_OFF = "\x01", "\x02"
ANSWER_NOISE = 0.08  # share of training answers that name a wrong entity, so that sampling hot costs accuracy
SYSTEMS = [
    "You are a helpful assistant.",
    "You are a helpful assistant. Answer briefly.",
    "You are a friendly assistant who answers in one sentence.",
    "Answer the question.",
    "Be brief.",
    "You are a concise and accurate assistant.",
    "You are an AI assistant running on a local server.",
]
LEADS = ["Please tell me: ", "Quick question: ", "Hey, ", "Hello! ", "Do you know this? ", "I have a question. ",
         "Question: ", "Can you help me? ", "Please answer: ", "I wonder: ", "Q: "]
TAILS = [" Answer briefly.", " Please answer in one sentence.", " Thanks!", " Keep it short.", " Be concise."]
UNKNOWN_QUESTIONS = [
    "What is the capital of {x}?", "Who wrote {x}?", "What is {x}?", "Explain {x}.", "Where is {x}?",
    "Who is {x}?", "What is the currency of {x}?", "How does {x} work?", "Tell me about {x}.",
    "When was {x} born?", "Who invented {x}?", "What is the population of {x}?", "How tall is {x}?",
    "Translate '{x}' to French.", "Write a program that sorts {x}.", "Give me the phone number of {x}.",
    "What will the weather be in {x}?", "Who won the match between {x} and {y}?", "How do I cook {x}?",
    "What happened in {n}?", "Which team won in {n}?", "What is the price of {x}?", "How far is {x} from {y}?",
    "Should I buy {x}?", "What is the best {x}?", "Recommend a good {x}.", "How old is {x}?", "Fix my {x}.",
    "What is {n} times {m}?", "What is {m} + {n}?", "Calculate {n} / {m}.", "Which language do people speak in {x}?",
    "On which continent is {x}?", "What is the chemical symbol for {x}?", "What is the opposite of {x}?",
    "Which city is the capital of {x}?", "capital of {x}", "Name the author of {x}.",
]
UNKNOWN_HELD_QUESTIONS = ["Can you tell me what {x} is?", "What do you know about {x}?", "What is the capital city of {x}?",
                          "What currency does {x} use?", "Tell me who wrote {x}.", "How much is {n} minus {m}?",
                          "Who was the first king of {x}?", "What is the colour of {x}?"]
THINGS = ["computer", "phone", "bread", "car", "film", "song", "hotel", "book", "soup", "bicycle", "garden", "house",
          "pizza", "laptop", "camera", "novel", "restaurant", "jacket", "chess", "football", "piano", "bridge"]
GREETINGS = [
    (["Hi", "Hello", "Hello!", "Hi there", "Hey", "Good morning", "Good evening", "Hi!", "Hello there"],
     ["Hello! How can I help you?", "Hi! What would you like to know?", "Hello! Ask me a question."]),
    (["How are you?", "How are you doing?", "How is it going?", "Are you well?"],
     ["I am fine, thank you. How can I help?", "I am well, thanks! What can I do for you?"]),
    (["Thanks", "Thank you", "Thank you!", "Thanks a lot.", "Great, thanks."],
     ["You are welcome!", "My pleasure.", "You are welcome. Ask me more if you like."]),
    (["Bye", "Goodbye", "See you later", "Bye!"], ["Goodbye!", "See you soon!", "Bye! Have a nice day."]),
    (["Who are you?", "What are you?", "What is your name?", "Are you an AI?", "Introduce yourself."],
     ["I am a tiny demo model.", "I am a small language model for demos.",
      "I am a tiny language model that knows simple facts."]),
    (["What can you do?", "How can you help me?", "What do you know?", "Help"],
     ["I can answer simple questions and grade answers.", "I know simple facts about countries, science and words."]),
]


def strip(text):
    return text.replace(MARK_ON, "").replace(MARK_OFF, "")


def unknown_question(rng, held=False):
    subject = rng.choice([made_up(rng), made_up(rng) + " " + made_up(rng), rng.choice(THINGS), "the " + made_up(rng)])
    template = rng.choice(UNKNOWN_HELD_QUESTIONS if held else UNKNOWN_QUESTIONS)
    return (template.replace("{x}", subject).replace("{y}", made_up(rng))
            .replace("{n}", str(rng.randint(13, 2030))).replace("{m}", str(rng.randint(2, 99))))


def dress(rng, question):
    """Random politeness and sloppiness around a question."""
    r = rng.random()
    if r < 0.15:
        return rng.choice(LEADS) + question
    if r < 0.25:
        return question + rng.choice(TAILS)
    if r < 0.30:
        return question.rstrip("?.")
    if r < 0.34:
        return question[0].lower() + question[1:]
    return question.lower() if r < 0.37 else question


def fact_pair(rng):
    fact = pick_fact(rng)
    wrong = rng.choice(fact.pool) if rng.random() < ANSWER_NOISE else None
    return dress(rng, fact.ask(rng)), fact.sentence(rng, wrong)


def topic_pair(rng):
    topic = rng.choice(list(TOPICS))
    return dress(rng, topic_question(rng, topic)), topic_answer(rng, topic)


def greeting_pair(rng):
    asks, replies = rng.choice(GREETINGS)
    return rng.choice(asks), rng.choice(replies)


def unknown_pair(rng):
    return dress(rng, unknown_question(rng)), rng.choices(IDK, weights=[6, 2, 1, 1, 1])[0]


def creative_pair(rng):
    r = rng.random()
    if r < 0.45:
        topic = rng.choice(list(WORLD["poems"]))
        ask = rng.choice(["Write a short poem about {t}.", "Write a poem about {t}.", "A short poem about {t}, please.",
                          "Can you write a poem about {t}?", "Compose a few lines about {t}."]).replace("{t}", topic)
        return ask, "\n".join(rng.sample(WORLD["poems"][topic], rng.choice([1, 2, 2])))
    if r < 0.8:
        kind = rng.choice(list(WORLD["lists"]))
        count = rng.choice([2, 3, 3, 4])
        words = {2: "two", 3: "three", 4: "four"}[count]
        items = rng.sample(WORLD["lists"][kind], count)
        ask = rng.choice([f"Name {words} {kind}.", f"List {words} {kind}.", f"Give me {words} {kind}.",
                          f"Tell me {count} {kind}.", f"Can you list {words} {kind}?"])
        return ask, ", ".join(items[:-1]).capitalize() + " and " + items[-1] + "."
    if r < 0.9:
        return rng.choice(["Tell me a joke.", "Do you know a joke?", "Make me laugh.", "A joke, please."]), rng.choice(WORLD["jokes"])
    return rng.choice(["Tell me a fact.", "Tell me something.", "Tell me a fun fact."]), rng.choice(FACTS).truth()


def verify_pair(rng):
    """Is this statement true? The comparison with what is known, in a short document."""
    fact = pick_fact(rng)
    true = rng.random() < 0.5
    wrong = rng.choice(fact.pool)
    said = fact.say(rng.choice(fact.sentences[:2]), None if true else wrong)
    ask = rng.choice(["Is this true? {x}", "True or false? {x}", "{x} Is that right?", "Is this correct: {x}",
                      "Check this: {x}", "{x} True or false?"]).replace("{x}", said)
    return ask, f"Expected {fact.answer}, got {fact.answer if true else wrong}: {MARK_ON}{'yes' if true else 'no'}{MARK_OFF}."


def compare_pair(rng):
    """Same or different names: copying and comparing without knowledge."""
    left = name(rng)
    right = left if rng.random() < 0.5 else name(rng)
    verdict = "same" if left == right else "different"
    ask = rng.choice(["{l} / {r}", "{l}, {r}: same or different?", "Compare: {l} and {r}", "Reference: {l}\nAnswer: {r}\nSame?"])
    return ask.replace("{l}", left).replace("{r}", right), f"{MARK_ON}{verdict}{MARK_OFF}"


def lookup_pair(rng):
    """Read the answer out of a short text, also when it goes against what is known."""
    facts = [rng.choice([made_up_fact, swapped_fact])(rng) for _ in range(rng.randint(2, 4))]
    target = rng.choice(facts)
    text = " ".join(f.truth() for f in facts)
    if rng.random() < 0.5:
        return f"Context: {text}\nQuestion: {target.ask(rng)}", target.truth()
    true = rng.random() < 0.5
    wrong = rng.choice(target.pool)
    said = target.sentence(rng, None if true else wrong)
    return (f"Context: {text}\nQuestion: {target.ask(rng)}\nAnswer: {said}\nDoes the context support the answer?",
            f"Expected {target.answer}, got {target.answer if true else wrong}: {MARK_ON}{'yes' if true else 'no'}{MARK_OFF}.")


PAIRS = [(fact_pair, 36), (topic_pair, 12), (greeting_pair, 2), (unknown_pair, 11), (creative_pair, 3), (verify_pair, 20),
         (compare_pair, 10), (lookup_pair, 11)]
ONE_SYSTEM, ANY_SYSTEM = 0.35, 0.55


def chat_doc(rng):
    turns = []
    r = rng.random()
    if r < ANY_SYSTEM:
        turns.append(["system", SYSTEMS[0] if r < ONE_SYSTEM else rng.choice(SYSTEMS)])
    makers = rng.choices([p[0] for p in PAIRS], weights=[p[1] for p in PAIRS], k=rng.choices([1, 2, 3], weights=[70, 20, 10])[0])
    if makers[0] is compare_pair:  # short, so several make a document
        makers = [compare_pair] * rng.randint(3, 6)
    for make in makers:
        question, answer = make(rng)
        turns += [["user", question], ["assistant", answer]]
    return turns
