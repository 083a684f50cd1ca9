// A scorer of your own: the share of the facts in a row's column `facts` that the answer gives.
//
//   llmops eval --dataset examples/facts.jsonl --scorer ./examples/facts-scorer.mjs
//
// @ts-check has an editor check it against the types of "llmops/scorer", without a step of compiling.
// @ts-check

/** @type {import("llmops/scorer").ScoreFunction} */
function score(sample, completion) {
  const { facts } = sample.fields;
  if (!Array.isArray(facts) || facts.length === 0) return { value: null, explanation: "the row has no facts" };
  const said = completion.text.toLowerCase();
  const missing = facts.filter((fact) => !said.includes(String(fact).toLowerCase()));
  return {
    value: 1 - missing.length / facts.length,
    ...(missing.length > 0 && { explanation: `without: ${missing.join(", ")}` }),
  };
}

export default { score, name: "facts", kind: "mean", direction: "max" };
