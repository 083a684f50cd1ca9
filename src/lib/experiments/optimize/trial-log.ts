import { z } from "zod";
import { existsSync, readFileSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { LlmopsError, messageOf } from "../../base/errors/llmops-error.js";
import { hintWhereFull } from "../../base/errors/system-failures.js";
import { appendWholeTo } from "../../base/files/append-whole.js";
import { PRIVATE } from "../../base/files/write-whole.js";
import type { Params } from "../samplers/space.js";

export const trialStateSchema = z.enum(["finished", "stopped", "failed", "running"]);

/** How a trial ended: all samples asked, stopped early as clearly worse, or nothing of it worked; or not yet. */
export type TrialState = z.infer<typeof trialStateSchema>;

export interface LoggedTrial {
  params: Params;
  state: TrialState;
  /** Why it failed or was stopped. */
  problem?: string;
  /** Tokens per second of all its completions together. */
  total?: number;
}

const FILE = "trials.jsonl";

/** The trials of a search on disk, in the study's folder: a line when one is asked for, a line when it has ended. */
export class TrialLog {
  private readonly path: string;

  constructor(folder: string) {
    this.path = join(folder, FILE);
  }

  /** The trials so far; a line that a kill cut short is cut off. */
  read(): LoggedTrial[] {
    if (!existsSync(this.path)) return [];
    const trials: LoggedTrial[] = [];
    const text = readFileSync(this.path, "utf8");
    const whole = text.slice(0, text.lastIndexOf("\n") + 1);
    if (whole.length < text.length) truncateSync(this.path, Buffer.byteLength(whole));
    const lines = whole.split("\n");
    for (const line of lines.filter((one) => one !== "")) {
      const { trial, ...rest } = JSON.parse(line) as { trial: number } & Partial<LoggedTrial>;
      trials[trial] = { state: "running", params: {}, ...trials[trial], ...rest };
    }
    return trials;
  }

  /** Throws STORE_UNWRITABLE. */
  write(trial: number, facts: Partial<LoggedTrial>): void {
    try {
      appendWholeTo(this.path, `${JSON.stringify({ trial, ...facts })}\n`, PRIVATE);
    } catch (cause) {
      throw new LlmopsError("STORE_UNWRITABLE", `${this.path} cannot be written: ${messageOf(cause)}.`, {
        hint: `${hintWhereFull(cause, "Make the folder writable.")} Then continue with --resume.`,
        cause,
      });
    }
  }
}
