// A plugin: a scorer, a sampler and a judge of your own, by name. List it in llmops.yaml (plugins: [./examples/plugin.mjs]), or:
//
//   llmops sweep temperature 0,0.7 --plugin ./examples/plugin.mjs --scorer brief:words=6
//   llmops optimize temperature=0..1.5 top_p=0.1..1 --plugin ./examples/plugin.mjs --sampler halton --trials 8
//   llmops judge --plugin ./examples/plugin.mjs --judge-method overlap --rubric accuracy
//
// It imports nothing: it works wherever it lies. @ts-check has an editor check it against the types of "llmops/plugin".
// @ts-check

/** @typedef {import("llmops/plugin").Plugin} Plugin */

/** The digits of a whole number in a base, mirrored behind the point: spreads evenly over 0..1. */
function radicalInverse(/** @type {number} */ index, /** @type {number} */ base) {
  let [value, share] = [0, 1 / base];
  for (let rest = index; rest > 0; rest = Math.floor(rest / base), share /= base) value += (rest % base) * share;
  return value;
}

const PRIMES = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29];

const wordsOf = (/** @type {string} */ text) => text.toLowerCase().match(/\p{L}+|\p{N}+/gu) ?? [];

/** @type {Plugin} */
const plugin = {
  api: 1,

  scorers: {
    brief: {
      about: "the answer has at most so many words",
      kind: "rate",
      options: (z) => z.object({ words: z.number().int().min(1).default(12) }),
      score(_, { text }, options) {
        const { words } = /** @type {{ words: number }} */ (options);
        const count = wordsOf(text).length;
        return { value: count <= words, explanation: `${count} words` };
      },
    },
  },

  samplers: {
    halton: {
      about: "a Halton sequence: evenly over the space, without learning",
      create(space, { seed }) {
        // the first points of the sequence are the same in every dimension; the seed says where it starts
        const start = 20 + (seed % 1000);
        return {
          ask({ observations, pending }) {
            const index = start + observations.length + pending.length;
            const places = space.dimensions.map((_, i) => radicalInverse(index, PRIMES[i % PRIMES.length] ?? 2));
            return { params: space.decode(space.fromUniform(places)) };
          },
        };
      },
    },
  },

  judges: {
    overlap: {
      about: "the share of the reference's words that the answer has, on the rubric's scale",
      version: 1,
      asksModel: false,
      score({ rubric, sample }) {
        const wanted = wordsOf(sample.reference ?? "");
        if (wanted.length === 0) return { score: null, problem: "the row has no reference" };
        const said = new Set(wordsOf(sample.answer));
        const share = wanted.filter((word) => said.has(word)).length / wanted.length;
        const values = rubric.levels.map(({ value }) => value);
        const [low, high] = [Math.min(...values), Math.max(...values)];
        return { score: low + share * (high - low), justification: `${Math.round(100 * share)} % of the reference's words` };
      },
    },
  },
};

export default plugin;
