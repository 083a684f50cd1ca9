import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { studyPlan } from "../../../../test/helpers/study-plan.js";
import { parseSearch } from "../study/parse-search.js";
import { ScoreTable } from "../study/score-table.js";
import type { StudyRun } from "../study/study-ledger.js";
import type { StudyPlan } from "../study/study.js";
import { LiveSearch, type LiveSearchOptions } from "./live-search.js";
import type { OptimizationRecorder } from "./optimization-recorder.js";
import { mostProofCells, planProof } from "./plan-optimization.js";
import type { Optimization } from "./run-optimization.js";

const ANY = [{ name: "temperature", values: [0.5] }];
const stateOf = (plan: StudyPlan) => ({ table: new ScoreTable(plan), stopped: new Map<number, string>() }) as StudyRun;

/** A search without a model: trials and cells come by saying so. */
function liveSearch({ trials, candidates, rows }: { trials: number; candidates: number; rows: number }) {
  const plan: StudyPlan = { ...studyPlan(ANY, rows), settings: [], repeats: [], mostRepeats: 1 };
  const run = stateOf(plan);
  const heldOut = studyPlan(ANY, rows + 1).dataset;
  const dimensions = parseSearch(["temperature=0..1"]);
  const proofCells = mostProofCells(plan, { dimensions, heldOut, candidates, trials, repeats: undefined });
  const recorder = { parent: {}, runOf: () => undefined } as unknown as OptimizationRecorder;
  const options = { tracker: {}, live: {}, trials, proofCells } as unknown as LiveSearchOptions;
  const live = new LiveSearch({ plan, run } as unknown as Optimization, recorder, options);
  const answer = (state: StudyRun, cell: { setting: number; sample: number; repeat: number }) =>
    state.table.setScores(cell, { contains: { value: 1 } });
  /** A trial of which so many rows answer; one that is stopped early has no more to come. */
  const trial = (answered: number, see: () => void) => {
    const setting = plan.settings.push({ temperature: plan.settings.length / trials }) - 1;
    plan.repeats.push(1);
    for (let sample = 0; sample < answered; sample++, see()) answer(run, { setting, sample, repeat: 0 });
    if (answered < rows) run.stopped.set(setting, "clearly worse");
    see();
  };
  const prove = (settings: number, see: () => void) => {
    const proof = planProof(plan, heldOut, { candidates: plan.settings.slice(0, settings), repeats: undefined });
    const state = stateOf(proof);
    live.beginProof(proof, state, () => undefined);
    see();
    for (const [setting, repeats] of proof.repeats.entries())
      for (const sample of heldOut.samples.keys())
        for (let repeat = 0; repeat < repeats; repeat++, see()) answer(state, { setting, sample, repeat });
  };
  return { live, trial, prove };
}

describe("the progress of a search", () => {
  it("counts the proof from the start and never goes back, whatever ends early", () => {
    const searches = fc.record({
      trials: fc.integer({ min: 1, max: 6 }),
      candidates: fc.integer({ min: 1, max: 4 }),
      rows: fc.integer({ min: 1, max: 6 }),
      answered: fc.array(fc.nat(6), { minLength: 1, maxLength: 6 }),
      proven: fc.integer({ min: 1, max: 4 }),
    });
    fc.assert(
      fc.property(searches, ({ trials, candidates, rows, answered, proven }) => {
        const { live, trial, prove } = liveSearch({ trials, candidates, rows });
        const shares: number[] = [];
        const see = () => {
          const { done, total } = live.progress();
          shares.push(done / total);
        };
        see();
        const tried = answered.slice(0, trials);
        for (const count of tried) trial(Math.min(count, rows), see);
        prove(Math.min(proven, candidates, tried.length), see);
        expect(shares.every((share, i) => i === 0 || share >= (shares[i - 1] ?? 0))).toBe(true);
        expect(shares.at(-1)).toBe(1);
      }),
      { endOnFailure: true },
    );
  });
});
