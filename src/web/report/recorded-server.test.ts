import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { KeptAnswers, ReportView, RunsReport } from "../../lib/base/pages/report-data.js";
import type { AnswersWindow } from "../api/answers.js";
import { MLFLOW, OWN } from "../api/client.js";
import type { RunsWindow } from "../api/documents.js";
import { columnsOf } from "./recorded-runs.js";
import { recordedServer } from "./recorded-server.js";

const answer = (text: string, accuracy: number) => ({
  ...{ repeat: 0, text, thoughts: null, problem: null, finishReason: "stop", rating: null, reasons: {} },
  scores: { accuracy },
});
const kept: KeptAnswers = {
  ...{ score: "accuracy", scores: ["accuracy"], omitted: null },
  settings: ["cold", "hot"].map((name, i) => ({ id: String(i), name })),
  rows: ["a", "b"].map((id) => ({ id, question: `${id}?`, reference: null, topic: null })),
  answers: [
    [[answer("yes", 1)], [answer("yes", 1)]],
    [[answer("no", 0)], []],
  ],
};
const study = { kind: "study", study: {}, notes: [], method: [], answers: kept } as unknown as ReportView;
const ask = async <T>(view: ReportView, path: string, body?: object): Promise<T> => {
  const response = await recordedServer(view)(path, body ? { body: JSON.stringify(body) } : {});
  return (await response.json()) as T;
};

describe("what answers in a file instead of a server", () => {
  it("gives the rows of answers that a filter leaves, as the server does", async () => {
    const query = { runs: ["0", "1"], show: "flips", offset: 0, limit: 20 };
    const flips = await ask<AnswersWindow>(study, `${OWN}/answers/query`, query);
    expect(flips).toMatchObject({ score: "accuracy", total: 2, matching: 1, runs: [{ run_id: "0", mean: 1 }, { mean: 0 }] });
    expect(flips.rows.map(({ id, cells }) => [id, cells.map(([one]) => one?.finish_reason)])).toEqual([["a", ["stop", "stop"]]]);
  });

  it("says that it has nothing else", async () => {
    for (const path of [`${OWN}/answers/rate`, `${MLFLOW}/runs/get?run_id=1`, "__proto__", "constructor"]) {
      expect((await recordedServer(study)(path, {})).status).toBe(404);
    }
  });
});

describe("the runs of a file", () => {
  const run = (id: number, loss: number | undefined) => ({
    ...{ run_id: `r${id}`, run_name: `run ${id}`, start_time: id, params: { lr: String(id % 3) }, tags: {} },
    metrics: loss === undefined ? {} : { loss: { last: loss, min: loss, max: loss } },
  });
  const view = (losses: (number | undefined)[]): RunsReport => {
    const curves = [{ run_id: "r0", key: "loss", points: [[1, 10, 3] as const] }];
    return { kind: "runs", facts: {}, runs: losses.map((loss, i) => run(i, loss)), curves, isWhole: true };
  };
  const sorted = async (losses: (number | undefined)[], term: string) => {
    const query = { experiment_ids: [], order_by: [term], offset: 0, limit: 1000 };
    return (await ask<RunsWindow>(view(losses), `${OWN}/runs/query`, query)).runs;
  };

  it("are sorted by any metric, those without it last", async () => {
    const losses = fc.array(fc.option(fc.integer({ min: -5, max: 5 }), { nil: undefined }), { maxLength: 30 });
    const property = fc.asyncProperty(losses, fc.constantFrom("ASC", "DESC"), async (given, direction) => {
      const found = (await sorted(given, `metrics.\`loss\` ${direction}`)).map(({ metrics }) => metrics["loss"]?.last);
      const known = given.filter((loss) => loss !== undefined).sort((a, b) => (direction === "ASC" ? a - b : b - a));
      expect(found).toEqual([...known, ...Array<undefined>(given.length - known.length).fill(undefined)]);
    });
    await fc.assert(property, { endOnFailure: true });
  });

  it("are sorted by params as numbers and by attributes, and have their curves", async () => {
    expect((await sorted([1, 1, 1, 1], "params.`lr` DESC")).map(({ run_id }) => run_id)).toEqual(["r2", "r1", "r0", "r3"]);
    expect((await sorted([1, 1], "attributes.start_time DESC")).map(({ run_id }) => run_id)).toEqual(["r1", "r0"]);
    const path = `${MLFLOW}/metrics/get-history-bulk-interval?run_ids=r0&run_ids=r1&metric_key=loss`;
    expect(await ask(view([1]), path)).toEqual({ metrics: [{ run_id: "r0", key: "loss", step: 1, timestamp: 10, value: 3 }] });
  });

  it("say which columns they have", () => {
    const { metrics, params, total } = columnsOf(view([3, undefined, 1]).runs as never);
    expect([total, metrics, params]).toEqual([
      3,
      [{ key: "loss", runs: 2, min: 1, max: 3 }],
      [{ key: "lr", runs: 3, distinct: 3, values: [] }],
    ]);
  });
});
