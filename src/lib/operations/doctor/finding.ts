import { z } from "zod";
import { isAbort, toLlmopsError } from "../../base/errors/llmops-error.js";

const findingStateSchema = z.enum(["ok", "warning", "failed", "skipped"]);

export type FindingState = z.infer<typeof findingStateSchema>;

const findingSchema = z.object({
  state: findingStateSchema,
  text: z.string().describe("What was seen."),
  hint: z.string().optional().describe("What to do, where something is to be done."),
});

/** What a check found. */
export type Finding = z.infer<typeof findingSchema>;

export const checkedFindingSchema = findingSchema.extend({
  name: z.string(),
});

export type CheckedFinding = z.infer<typeof checkedFindingSchema>;

export interface Check {
  name: string;
  run: () => Finding | Promise<Finding>;
}

/** Runs checks one after the other; what a check throws is what it found. `onFinding` hears of each as it is known. */
export async function runChecks(checks: readonly Check[], onFinding: (finding: CheckedFinding) => void): Promise<CheckedFinding[]> {
  const findings: CheckedFinding[] = [];
  for (const { name, run } of checks) {
    const finding = { name, ...(await attempt(run)) };
    findings.push(finding);
    onFinding(finding);
  }
  return findings;
}

async function attempt(run: Check["run"]): Promise<Finding> {
  try {
    return await run();
  } catch (thrown) {
    if (isAbort(thrown)) throw thrown;
    const { message, hint } = toLlmopsError(thrown);
    return { state: "failed", text: message, hint };
  }
}

export const ok = (text: string): Finding => ({ state: "ok", text });
export const skipped = (text: string): Finding => ({ state: "skipped", text });
export const warning = (text: string, hint: string): Finding => ({ state: "warning", text, hint });
export const failed = (text: string, hint: string): Finding => ({ state: "failed", text, hint });
