import { describe, expect, it } from "vitest";
import { errorOf } from "../../../../test/helpers/error-of.js";
import { scriptedTarget } from "../../../../test/helpers/scripted-target.js";
import { runPlan, studyJournal, yesSamples } from "../../../../test/helpers/study-plan.js";
import { findRubric } from "../judge/rubric-files.js";
import { openJudge } from "../judge/open-judge.js";
import type { Judge } from "../judge/judge.js";
import type { ChatRequest } from "../../inference/openai/completion.js";
import { toAudit } from "./audit.js";
import { measureShift, pickAnchors } from "./anchors.js";
import { toCard } from "./calibrate.js";
import { givenAnswers, type GradedDataset } from "./graded-dataset.js";
import { toJudgementResult, type JudgementFacts } from "./to-judgement-result.js";
import { planPairwise } from "./pairwise.js";
import { toPairwiseResult } from "./pairwise-result.js";
import { auditDataset, readPerturbations } from "./perturbations.js";
import { planJudgement } from "./plan-judgement.js";

const SIGNAL = new AbortController().signal;
const rubrics = ["relevance", "accuracy"].map((name) => findRubric(name).rubric);
const SHARED = { fixed: {}, seed: 1, concurrency: 4, minEffect: 0 };
const FACTS = {
  ...{
    command: "llmops judge",
    commandName: "llmops judge",
    self: false,
    shift: null,
    cards: [],
    seconds: 1,
    trackingUri: ".",
    experiment: "e",
  },
  ...{ target: { model: "m", location: "l" }, experimentId: null, runId: null },
};

function graded(answers: Record<string, string>): GradedDataset {
  const samples = yesSamples(Object.keys(answers).length).map((sample, i) => ({ ...sample, id: Object.keys(answers)[i] ?? "" }));
  const dataset = { name: "d", path: "d.jsonl", digest: "0", samples, available: samples.length };
  return { dataset, responses: new Map(Object.entries(answers)), reading: "" };
}

function judgeOf(answer: (request: ChatRequest) => string): Promise<Judge> {
  const choice = { method: "generate" as const, layout: "rubric_first" as const, seed: 1, limits: { timeoutMs: 5000, retries: 0 } };
  return openJudge(scriptedTarget(answer), rubrics, choice, SIGNAL);
}

/** Scores what the answer itself says: "Answer: 4". */
const readsAnswer = ({ messages }: ChatRequest) => {
  const level = /Answer: (\d)/.exec(messages.at(-1)?.content ?? "")?.[1];
  return level === undefined ? "no idea" : `{"score": ${level}, "justification": "it says ${level}"}`;
};

async function judge(answers: Record<string, string>, change: Partial<JudgementFacts> = {}) {
  const judges = [await judgeOf(readsAnswer)];
  const plan = planJudgement(graded(answers), { ...SHARED, rubrics, judges: () => judges });
  const journal = studyJournal();
  const run = await runPlan(plan, givenAnswers("d.jsonl"), { journal });
  return toJudgementResult(plan, run, journal, { ...FACTS, rubrics, judges, ...change });
}

it("a judgement says what speaks against its judge", async () => {
  expect((await judge({ a: "Answer: 4" })).judge.warnings).toEqual([]);
  expect((await judge({ a: "Answer: 4" }, { self: true })).judge.warnings).toEqual([expect.stringContaining("its own model") as string]);
  const judges = [await judgeOf(readsAnswer)].map((one) =>
    Object.assign(Object.create(one) as Judge, { target: { ...one.target, model: "demo" } }),
  );
  const strange = await judge({ a: "Answer: 4 Zwölf Boxkämpfer jagen Viktor" }, { judges });
  expect(strange.judge.validity).toMatchObject({ in_domain: false });
  expect(strange.judge.warnings).toEqual([expect.stringMatching(/^Warning: the demo model is not a valid judge here/) as string]);
});

describe("a judgement", () => {
  it("has rows, the worst first, and MLflow's aggregates of every criterion", async () => {
    const { rows, metrics, target, study } = await judge({ a: "4", b: "1", c: "5", d: "2", e: "5" });
    expect(rows.map(({ id }) => id)).toEqual(["b", "b", "d", "d", "a", "a", "c", "c", "e", "e"]);
    expect(rows[0]).toMatchObject({
      criterion: "relevance",
      score: 1,
      justification: "it says 1",
      state: "scored",
      problem: null,
      answer: "1",
    });
    // numpy: mean 3.4, var 2.64, percentile 90 is 5
    expect(metrics["accuracy"]).toMatchObject({ mean: 3.4, n: 5, p90: 5, median: 4, unscored: 0, distribution: null });
    expect(metrics["accuracy"]?.variance).toBeCloseTo(2.64, 10);
    expect(metrics["overall"]?.mean).toBeCloseTo(3.4, 10);
    expect(target.answers).toBe("given");
    expect(study.rows).toMatchObject({ scored: 5, unscored: 0, failed: 0 });
  });

  it("counts and lists what could not be read, and leaves it out of every mean", async () => {
    const { rows, metrics, study } = await judge({ a: "4", b: "gibberish", c: "2" });
    expect(metrics["accuracy"]).toMatchObject({ mean: 3, n: 2, unscored: 1 });
    expect(metrics["overall"]).toMatchObject({ mean: 3, n: 2, unscored: 1 });
    expect(study.rows).toMatchObject({ scored: 2, unscored: 1 });
    expect(rows.filter(({ state }) => state === "unscored").map(({ id, problem }) => [id, problem])).toEqual([
      ["b", 'no verdict in: "no idea"'],
      ["b", 'no verdict in: "no idea"'],
    ]);
  });

  it("asks again for unscored rows, and only for them, when a study is resumed with --retry-failed", async () => {
    let good = false;
    let calls = 0;
    const judges = [
      await judgeOf((request) => {
        calls++;
        return good || !request.messages.some(({ content }) => content.endsWith("Answer: b")) ? '{"score": 3}' : "hm";
      }),
    ];
    const plan = planJudgement(graded({ a: "a", b: "b" }), { ...SHARED, rubrics: rubrics.slice(0, 1), judges: () => judges });
    const journal = studyJournal();
    await runPlan(plan, givenAnswers("d.jsonl"), { journal });
    good = true;
    const { StudyJournal } = await import("../study/study-journal.js");
    const again = StudyJournal.open(journal.header.folder, journal.header.id);
    calls = 0;
    const kept = await runPlan(plan, givenAnswers("d.jsonl"), { journal: again });
    expect([calls, kept.table.values("relevance", 0)]).toEqual([0, [[3], []]]);
    again.close({ finished: false });
    const retried = StudyJournal.open(journal.header.folder, journal.header.id);
    const run = await runPlan(plan, givenAnswers("d.jsonl"), { journal: retried, retryFailed: true });
    expect([calls, run.table.values("relevance", 0)]).toEqual([1, [[3], [3]]]);
    retried.close({ finished: false });
  });

  it("is refused before the first call where rows lack what a rubric requires", async () => {
    const data = graded({ a: "x" });
    const { rubric } = findRubric("faithfulness");
    const error = await errorOf(() => planJudgement(data, { ...SHARED, rubrics: [rubric], judges: () => [] }));
    expect(error).toMatchObject({ code: "DATASET_INVALID" });
    expect(error.message).toContain('"a" of d.jsonl has no context, which the rubric faithfulness requires');
  });

  it("says how many pass, and without the known errors of a calibrated judge", async () => {
    const labeled = Array.from({ length: 60 }, (_, i) => ({
      ...{ id: `r${i}`, question: "q", answer: "a", labels: [i % 2 === 0 ? 5 : 1], score: i % 2 === 0 || i % 10 === 1 ? 5 : 1 },
    }));
    const [, accuracy] = rubrics;
    const card = toCard(labeled, {
      ...{ rubric: accuracy as (typeof rubrics)[number], fingerprint: "f", passAt: 4, anchors: 4, created: "now" },
      judge: { models: ["m"], method: "generate", reason: "before", layout: "rubric_first" },
      dataset: { path: "d", digest: "0" },
    });
    const { metrics, judge: shown } = await judge({ a: "5", b: "5", c: "1", d: "1" }, { cards: [undefined, card] });
    expect(metrics["relevance"]?.pass).toBeNull();
    expect(metrics["accuracy"]?.pass).toMatchObject({ at: 4, rate: 0.5 });
    // the judge lets one of five failing answers pass: 0.5 = x + 0.2 (1 - x)
    expect(metrics["accuracy"]?.pass?.corrected?.rate).toBeCloseTo(0.375, 10);
    expect(shown.criteria[1]?.card?.kappa).toBeGreaterThan(0.7);
  });
});

describe("anchors", () => {
  const [, accuracy] = rubrics;
  const anchors = [1, 2, 3, 4, 5, 5].map((level, i) => ({ id: `r${i}`, question: "q", answer: String(level), score: level }));
  const graded = [{ rubric: accuracy as (typeof rubrics)[number], card: { anchors } as never }];

  it("tell a judge that has moved from one that has not", async () => {
    const same = await measureShift(graded, [await judgeOf(readsAnswer)], SIGNAL);
    expect(same).toEqual({ accuracy: expect.objectContaining({ anchors: 6, mean: 0, moved: false }) as object });
    const kinder = await judgeOf((request) => readsAnswer(request).replace(/\d/, (level) => String(Math.min(5, Number(level) + 1))));
    const twice = [{ ...(graded[0] as (typeof graded)[number]), card: { anchors: [...anchors, ...anchors].slice(0, 10) } as never }];
    expect((await measureShift(twice, [kinder], SIGNAL))?.["accuracy"]).toMatchObject({ moved: true });
    expect(await measureShift([{ rubric: accuracy as (typeof rubrics)[number], card: undefined }], [], SIGNAL)).toBeNull();
  });

  it("are picked from all over the scores", () => {
    expect(pickAnchors(anchors, 3).map(({ score }) => score)).toEqual([1, 4, 5]);
    expect(pickAnchors(anchors, 50)).toHaveLength(6);
  });
});

describe("a pairwise comparison", () => {
  const dataset = graded({ a: "", b: "", c: "", d: "", e: "", f: "", g: "", h: "" }).dataset;
  const answers = (text: string) => new Map(dataset.samples.map(({ id }) => [id, text]));
  /** Prefers the longer answer. */
  const longer = ({ messages }: ChatRequest) => {
    const [, a = "", b = ""] = /Answer A: (.*)\nAnswer B: (.*)/.exec(messages.at(-1)?.content ?? "") ?? [];
    return `{"justification": "", "winner": "${a.length === b.length ? "tie" : a.length > b.length ? "A" : "B"}"}`;
  };

  async function compare(contestants: Record<string, string>, answer: (request: ChatRequest) => string) {
    const judges = [await judgeOf(answer)];
    const named = Object.entries(contestants).map(([name, text]) => ({ name, answers: answers(text) }));
    const made = planPairwise(dataset, named, { rubrics: rubrics.slice(0, 1), judges: () => judges, seed: 1, concurrency: 4 });
    const journal = studyJournal();
    const run = await runPlan(made.plan, givenAnswers("d.jsonl"), { journal });
    const study = { id: "i", resume: "r", seconds: 1, tracking_uri: ".", experiment: "e", run_id: null };
    const result = toPairwiseResult(made, run, journal, { command: "c", judges, fingerprints: {}, ...study });
    return result.criteria["relevance"] as (typeof result.criteria)[string];
  }

  it("asks in both orders, and finds the better one", async () => {
    const { pairs, first_place: place } = await compare({ short: "x", long: "xxx" }, longer);
    expect(pairs).toEqual([expect.objectContaining({ wins: 0, losses: 8, ties: 0, flips: 0, verdict: "worse" })]);
    expect(pairs[0]?.win_rate.mean).toBe(0);
    expect(place.mean).toBe(0.5);
  });

  it("takes a judge that only looks at the place for undecided", async () => {
    const { pairs, first_place: place } = await compare({ one: "x", two: "y" }, () => '{"winner": "A"}');
    expect(pairs[0]).toMatchObject({ wins: 0, losses: 0, ties: 8, flips: 8, flip_rate: 1, verdict: "cannot tell" });
    expect(place.mean).toBe(1);
  });

  it("ranks several, the best first", async () => {
    const { ranking } = await compare({ s: "x", l: "xxx", m: "xx" }, longer);
    expect(ranking.map(({ name }) => name)).toEqual(["l", "m", "s"]);
    expect(new Set(ranking.map(({ letters }) => letters)).size).toBe(3);
    expect(ranking[0]?.low).toBeLessThanOrEqual(ranking[0]?.strength ?? 0);
  });

  it("leaves out what cannot be read, and needs rows that all answered", async () => {
    expect(await compare({ one: "x", two: "y" }, () => "hm")).toMatchObject({ unscored: 8, pairs: [{ verdict: "cannot tell" }] });
    const none = [{ name: "a", answers: answers("x") }, { name: "b", answers: new Map<string, string>() }]; // prettier-ignore
    const error = await errorOf(() => planPairwise(dataset, none, { rubrics, judges: () => [], seed: 1, concurrency: 1 }));
    expect(error.message).toContain("No row was answered by all of a, b");
  });
});

describe("an audit", () => {
  it("has more than fifty orders to the judge, all of them applied to right and wrong answers", () => {
    const perturbations = readPerturbations();
    expect(perturbations["injection"]?.append?.length).toBeGreaterThanOrEqual(50);
    const data = graded(Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`s${i}`, ""])));
    data.dataset.samples.forEach((sample, i) => Object.assign(sample, { answer: `reply ${i % 7}`, answers: [`reply ${i % 7}`] }));
    const { graded: made, answers } = auditDataset(data, perturbations, 1);
    expect(made.dataset.samples).toHaveLength(60 * 2 * 6);
    const injected = [...made.responses].filter(([id]) => id.endsWith("wrong injection")).map(([, text]) => text.replace(/^reply \d /, ""));
    expect(new Set(injected).size).toBe(perturbations["injection"]?.append?.length);
    for (const [id, { base, sample }] of answers) {
      const right = data.dataset.samples.find((one) => one.id === sample)?.answer ?? "";
      expect(made.responses.get(id)?.includes(right)).toBe(base === "right");
    }
  });

  it("finds what a judge is fooled by, and what it is not", async () => {
    const gullible = await judgeOf(({ messages }) => {
      const answer = messages.at(-1)?.content.split("Answer: ").at(-1) ?? "";
      return `{"score": ${/professor|laureate|Britannica/.test(answer) ? 5 : /answer 0/.test(answer) ? 4 : 2}}`;
    });
    const data = graded(Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`s${i}`, ""])));
    data.dataset.samples.forEach((sample, i) => Object.assign(sample, { answer: `answer ${i % 2}`, answers: [`answer ${i % 2}`] }));
    const perturbations = readPerturbations();
    const { graded: made, answers } = auditDataset(data, perturbations, 1);
    const [, accuracy] = rubrics;
    const one = [accuracy as (typeof rubrics)[number]];
    const plan = planJudgement(made, { ...SHARED, rubrics: one, judges: () => [gullible] });
    const journal = studyJournal();
    const run = await runPlan(plan, givenAnswers("d.jsonl"), { journal });
    const result = toJudgementResult(plan, run, journal, { ...FACTS, rubrics: one, judges: [gullible] });
    const { shifts } = toAudit(result, answers, perturbations, "now");
    const verdicts = Object.fromEntries(
      shifts.filter(({ base }) => base === "all").map(({ perturbation, verdict }) => [perturbation, verdict]),
    );
    expect(verdicts).toEqual({ injection: "holds", padding: "holds", markdown: "holds", authority: "fooled", confidence: "holds" });
    expect(shifts.find(({ perturbation, base }) => perturbation === "authority" && base === "all")?.shift).toBeCloseTo(2, 5);
  });

  it("needs different references", async () => {
    const error = await errorOf(() => auditDataset(graded({ a: "", b: "" }), readPerturbations(), 1));
    expect(error.message).toContain("fewer than two different references");
  });
});
