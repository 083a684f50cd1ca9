import { describe, expect, it } from "vitest";
import { errorOf } from "../../../../test/helpers/error-of.js";
import { parseTrainingLog } from "./training-log.js";

describe("parseTrainingLog", () => {
  it("reads Hugging Face's trainer_state.json, bare NaN and all", () => {
    const state =
      '{"max_steps": 20, "global_step": 20, "num_train_epochs": 2, "best_metric": null, "log_history": ' +
      '[{"loss": 2.5, "learning_rate": 0.1, "epoch": 1.0, "step": 10}, {"eval_loss": NaN, "step": 20}, {"step": 20}]}';
    expect(parseTrainingLog(state, "trainer_state.json")).toEqual({
      points: [
        { step: 10, time: undefined, values: { train_loss: 2.5, learning_rate: 0.1, epoch: 1 } },
        { step: 20, time: undefined, values: { eval_loss: Number.NaN } },
      ],
      params: { max_steps: "20", num_train_epochs: "2" },
      complete: true,
      unfinishedLine: null,
    });
  });

  it("reads JSONL with other names for the same things, and leaves a line that is not finished", () => {
    const lines =
      '{"global_step": 1, "training_loss": 3, "lr": 0.1, "time": 1700000000, "note": "x"}\n{"global_step": 2, "val_loss": "2.5"}\n{"global_st';
    const { points, complete, unfinishedLine } = parseTrainingLog(lines, "log.jsonl");
    expect(unfinishedLine).toBe(3);
    expect(parseTrainingLog('{"loss": 1}', "log.jsonl")).toMatchObject({ points: [{ values: { train_loss: 1 } }], unfinishedLine: null });
    expect(points).toEqual([
      { step: 1, time: 1_700_000_000_000, values: { train_loss: 3, learning_rate: 0.1 } },
      { step: 2, time: undefined, values: { eval_loss: 2.5 } },
    ]);
    expect(complete).toBe(false);
  });

  it("reads CSV, numbering lines that have no step", () => {
    const csv = "epoch,loss,date\n1,2.0,2026-01-01T00:00:00Z\n2,,2026-01-02T00:00:00Z\n3,1.";
    expect(parseTrainingLog(csv, "log.csv").points).toEqual([
      { step: 0, time: Date.parse("2026-01-01T00:00:00Z"), values: { epoch: 1, train_loss: 2 } },
      { step: 1, time: Date.parse("2026-01-02T00:00:00Z"), values: { epoch: 2 } },
    ]);
  });

  it("leaves a text that speaks of NaN as it is", () => {
    const log = '{"loss": NaN, "step": 1, "note": "loss: NaN, so \\"NaN\\" it is, NaN"}\n';
    expect(parseTrainingLog(log, "log.jsonl").points).toEqual([{ step: 1, time: undefined, values: { train_loss: Number.NaN } }]);
  });

  it("names the line that is wrong", async () => {
    expect((await errorOf(() => parseTrainingLog('{"loss": 1}\nnonsense\n', "a.jsonl"))).message).toMatch(/^a\.jsonl:2: not valid JSON/);
    expect((await errorOf(() => parseTrainingLog("[1]\n", "a.jsonl"))).code).toBe("DATASET_INVALID");
    expect((await errorOf(() => parseTrainingLog('{"log_history": [', "a.json"))).code).toBe("DATASET_INVALID");
  });
});
