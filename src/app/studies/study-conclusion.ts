import type { StudyPlan } from "../../lib/experiments/study/study.js";
import type { SweepContext } from "../../lib/experiments/study/sweep.js";
import { verdictSentence } from "../../lib/report/study-verdict.js";
import { passGates, type StudyGates } from "./study-gates.js";

/** What is said of a sweep's result, in its document and in its run: which gates it passes, and its verdict. */
export function conclusionOf(gates: StudyGates, plan: StudyPlan): Required<Pick<SweepContext, "check" | "describe">> {
  return { check: (result, { table }) => passGates(gates, plan, result, table), describe: verdictSentence };
}
