import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readDirections, saidDirection, usualDirection } from "./metric-directions.js";

/** As MLflow names its built-in metrics, with greater_is_better of each. */
const LESS = ["toxicity/v1", "ari_grade_level/v1", "flesch_kincaid_grade_level/v1", "perplexity/v1", "latency", "log_loss", "max_error"];
const MORE = ["exact_match/v1", "rougeL/v1", "rougeLsum/v1", "rouge1/v1", "bleu/v1", "faithfulness/v1", "answer_similarity/v1", "f1_score"];

describe("usualDirection", () => {
  it.each([
    ...LESS.map((name) => [name, "min"]),
    ...MORE.map((name) => [name, "max"]),
    ...[
      "root_mean_squared_error",
      "false_positives",
      "edit_distance",
      "editDistance",
      "hallucination_rate",
      "refusal",
      "toxicity_score",
    ].map((name) => [name, "min"]),
    ...["loss", "eval_loss", "latency_p95", "avg_response_time_ms", "error_rate", "error_count", "cost_per_success", "accuracy_drop"].map(
      (name) => [name, "min"],
    ),
    ...["accuracy", "tokens_per_second", "relevance_to_query/mean", "ndcg_at_3/v1", "recall_at_3", "refusal_accuracy", "score"].map(
      (name) => [name, "max"],
    ),
    ...["token_count", "response_length", "toxicity/v1/variance", "latency_variance"].map((name) => [name, "none"]),
    ...["glossary_score", "toxicity_reduction", "non_toxic", "neg_mean_squared_error", "alpha", "", "/", "constructor", "__proto__"].map(
      (name) => [name, undefined],
    ),
  ] as [string, string | undefined][])("of %s is %s", (name, direction) => expect(usualDirection(name)).toBe(direction));

  it("of a summary of a metric is the metric's", () => {
    const summary = fc.constantFrom("mean", "p90", "p50", "median", "max", "min", "ratio", "score");
    fc.assert(
      fc.property(fc.constantFrom(...LESS, ...MORE), summary, (name, end) => {
        expect(usualDirection(`${name}/${end}`)).toBe(usualDirection(name));
      }),
      { endOnFailure: true },
    );
  });

  it("reads any name", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (name) => {
        expect([undefined, "max", "min", "none"]).toContain(usualDirection(name));
      }),
      { endOnFailure: true },
    );
  });
});

describe("what is said of a metric", () => {
  it("holds for its summaries, and of several the first counts", () => {
    const said = [{ style: "min" as const }, { style: "max" as const, other: "max" as const }];
    expect(["style", "style/mean", "style/v1/p90", "style/v1/variance", "other"].map((name) => saidDirection(name, said))).toEqual([
      ...["min", "min", "min"],
      ...[undefined, "max"],
    ]);
  });

  it("is only what says it: no other word, and no member that every object has", () => {
    expect(readDirections({ a: "up", b: "min", c: null })).toEqual({ b: "min" });
    expect([null, 3, "x", ["max"]].map(readDirections)).toEqual([{}, {}, {}, {}]);
    expect(["constructor", "toString", "__proto__"].map((name) => saidDirection(name, [{}]))).toEqual([undefined, undefined, undefined]);
  });
});
