"""Things outside the world: made-up names and facts, and text that is no language."""
from facts import FACTS, TOPICS, Fact, pick_fact

VOWELS, CONSONANTS = "aeiou", "bcdfghjklmnprstvwxyz"
ENDINGS = ["", "", "", "n", "r", "x", "s", "land", "ton", "stan", "ville", "ia", "berg", "ing", "el"]
# relations in which any name can stand for the subject and for the answer
NAMEABLE = ["capital", "continent", "currency", "language", "capital_of", "symbol", "element", "author", "young",
            "opposite", "colour", "month_after", "planet"]


def made_up(rng):
    """A pronounceable name from a space of some hundred million."""
    word = "".join(rng.choice(CONSONANTS) + rng.choice(VOWELS) for _ in range(rng.randint(1, 3)))
    word += rng.choice(ENDINGS)
    return word.capitalize() if rng.random() < 0.75 else word


def name(rng):
    """A name that is mostly made up, sometimes real (used against its fact), sometimes a number."""
    r = rng.random()
    if r < 0.55:
        return made_up(rng)
    if r < 0.62:
        return made_up(rng) + " " + made_up(rng)
    if r < 0.72:
        return str(rng.randint(1, 999))
    return pick_fact(rng).answer


def made_up_fact(rng):
    """A fact about invented things: it can only be judged against a reference or a context."""
    relation = rng.choice(NAMEABLE)
    answer = name(rng)
    pool = {name(rng) for _ in range(3)}
    return Fact(relation, made_up(rng), answer, pool)


def swapped_fact(rng):
    """A real subject with a wrong answer: what the reference says counts, not what is known."""
    fact = pick_fact(rng)
    return Fact(fact.relation, fact.subject, rng.choice(fact.pool), [fact.answer, *fact.pool], fact.sentences)


def build_words():
    words = set()
    for fact in FACTS:
        words.update((fact.truth() + " " + fact.questions[0]).split())
    for topic in TOPICS.values():
        for text in topic["definitions"] + topic["details"]:
            words.update(text.split())
    return sorted(words)


WORDS = build_words()
SCRAPS = [".", ",", "?", " =", '":', " {", "'", " 1", "7", " +", "!", "\n", " -", ")"]


def gibberish(rng, count):
    """Word salad like a model's output at a very high temperature: words, fragments, symbols."""
    out = []
    for _ in range(count):
        r = rng.random()
        word = rng.choice(WORDS)
        if r < 0.45:
            out.append(" " + word.strip(".,?"))
        elif r < 0.75:
            i = rng.randrange(len(word))
            out.append((" " if rng.random() < 0.4 else "") + word[i:i + rng.randint(1, 4)])
        elif r < 0.87:
            out.append((" " if rng.random() < 0.3 else "") + made_up(rng)[:rng.randint(1, 5)])
        elif r < 0.95:
            out.append(rng.choice(SCRAPS))
        else:
            out.append(rng.choice([" the", " of", " is", " a", " in"]))
    return "".join(out).strip() or "zq"


def typos(rng, text, keep):
    """Broken grammar: words doubled, dropped, swapped or misspelt; the word `keep` stays whole."""
    words = text.split()
    for _ in range(rng.randint(2, 3)):
        spots = [i for i, w in enumerate(words) if keep not in w and w.strip(".,") not in keep]
        if not spots:
            return text.lower().rstrip(".") + " is the the."
        i = rng.choice(spots)
        r = rng.random()
        if r < 0.3:
            words.insert(i, words[i])
        elif r < 0.6 and len(words[i]) > 3:
            k = rng.randrange(1, len(words[i]) - 2)
            words[i] = words[i][:k] + words[i][k + 1] + words[i][k] + words[i][k + 2:]
        elif r < 0.85:
            words.insert(i, rng.choice(["the", "of", "is", "a", "to", "and"]))
        elif len(words) > 1:
            del words[i]
    return " ".join(words)


