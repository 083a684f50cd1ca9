import { readSecret } from "../../lib/base/config/environment.js";
import { LlmopsError } from "../../lib/base/errors/llmops-error.js";
import { findRubric } from "../../lib/experiments/judge/rubric-files.js";
import type { Rubric } from "../../lib/experiments/judge/rubric.js";
import type { Dataset } from "../../lib/experiments/dataset/sample.js";
import { demoValidity, describeValidity } from "../../lib/experiments/judge/demo-domain.js";
import { gradedSample, judgeScorer } from "../../lib/experiments/judge/judge-scorer.js";
import type { Judge } from "../../lib/experiments/judge/judge.js";
import { openJudge } from "../../lib/experiments/judge/open-judge.js";
import type { CompletionTarget } from "../../lib/inference/openai/completion-target.js";
import type { Scorer } from "../../lib/experiments/scoring/scorer.js";
import type { JudgeFlags } from "../../cli/flags/judge-flags.js";
import type { Host } from "../host/host.js";
import { openTarget, type TargetOptions } from "../targets/open-target.js";
import type { RateWatch } from "../../lib/inference/openai/rate-watch.js";

/** Calls of a judge's endpoint at a time, where --concurrency does not say. */
const ENDPOINT_CONCURRENCY = 4;

/** What the seat needs of a command's flags. */
type SeatFlags = JudgeFlags & { target: TargetOptions; rates: RateWatch } & {
  seed: number;
  timeout: number;
  retries: number;
  concurrency?: number | undefined;
};

export interface Opening {
  /** Gives the judge where none was named: the model under test, or the one that is used by default. */
  byDefault: () => Promise<CompletionTarget>;
  /** The models whose answers are graded, as far as they are known. */
  answering: readonly CompletionTarget[];
  slots: number;
  host: Host;
}

/** The place of the judges of a command: rubrics come while scorers are made, judges when the targets are open. */
export class JudgeSeat {
  readonly rubrics: Rubric[] = [];
  judges: readonly Judge[] = [];
  /** True where a judge grades answers of its own model. */
  isSelf = false;
  private readonly flags: SeatFlags;
  private readonly own: CompletionTarget[] = [];

  constructor(flags: SeatFlags) {
    this.flags = flags;
  }

  /** The scorer judge:RUBRIC of a study. */
  readonly scorer = (reference: string): Scorer => {
    const { rubric } = findRubric(reference);
    this.rubrics.push(rubric);
    return judgeScorer(`judge_${rubric.name}`, rubric, () => this.judges);
  };

  /** Opens the judges, if anything is to be graded. Throws what opening a target throws. */
  async open({ byDefault, answering, slots, host }: Opening): Promise<void> {
    if (this.rubrics.length === 0) return;
    const targets = this.names.length === 0 ? [await byDefault()] : await this.openOwn(slots, host);
    this.isSelf = targets.some((target) => answering.some((other) => isSameModel(target, other)));
    const {
      "judge-method": method,
      "judge-votes": votes,
      "judge-reason": reason,
      "judge-layout": layout,
      "judge-max-tokens": maxTokens,
      seed,
      timeout,
      retries,
    } = this.flags;
    const limits = { timeoutMs: timeout * 1000, retries };
    const judges: Judge[] = [];
    for (const target of targets) {
      const concurrency = target.scoreOptions ? undefined : (this.flags.concurrency ?? ENDPOINT_CONCURRENCY);
      judges.push(
        await openJudge(target, this.rubrics, { method, votes, reason, layout, seed, limits, concurrency, maxTokens }, host.signal),
      );
    }
    checkPanel(judges);
    this.judges = judges;
  }

  /** How verdicts are read, in words. */
  describe(): string {
    const [first] = this.judges;
    if (!first) return "";
    const { method, reason, votes } = first.options;
    const how = {
      probability: reason === "before" ? "by token probabilities after a written justification" : "by token probabilities",
      votes: `by ${votes} votes${this.asksForVotes ? "" : ", because it gives no token probabilities"}`,
      generate: "by one written score",
    };
    const who = this.judges.map(({ target }) => target.model).join(", ");
    const self = this.isSelf ? " It grades its own answers: models favour what they write themselves." : "";
    return `${who} grades ${how[method]}.${self}`;
  }

  /** What speaks against trusting these judges on a dataset, as far as its rows show it. */
  warning({ samples }: Dataset): string | undefined {
    const graded = samples.map((sample) => {
      const { answer_a: answer } = sample.fields;
      return gradedSample(sample, typeof answer === "string" ? answer : "");
    });
    return describeValidity(demoValidity(this.judges, this.rubrics, graded));
  }

  async close(): Promise<void> {
    await Promise.all(this.own.map((target) => target.close()));
  }

  private get asksForVotes(): boolean {
    return this.flags["judge-method"] === "votes" || this.flags["judge-votes"] !== undefined;
  }

  private get names(): { modelPath?: string; endpoint?: string }[] {
    const { "judge-model_path": paths = [], "judge-endpoint": endpoints = [] } = this.flags;
    return [...paths.map((path) => ({ modelPath: path })), ...endpoints.map((endpoint) => ({ endpoint }))];
  }

  private async openOwn(slots: number, host: Host): Promise<CompletionTarget[]> {
    const { "judge-model": model, "judge-api-key-env": variable } = this.flags;
    if (variable !== undefined) readSecret(variable);
    for (const name of this.names) {
      const remote = name.endpoint !== undefined;
      const own: TargetOptions = {
        ...this.flags.target,
        ...{ modelPath: undefined, endpoint: undefined, model: undefined, apiKeyEnv: undefined, body: undefined, extra: undefined },
        ...name,
        ...(remote && { model, apiKeyEnv: variable }),
      };
      this.own.push(await openTarget(own, { slots, rates: this.flags.rates }, host));
    }
    return this.own;
  }
}

function isSameModel(a: CompletionTarget, b: CompletionTarget): boolean {
  return a === b || (a.identity === undefined ? a.model === b.model && a.location === b.location : a.identity === b.identity);
}

/** Throws INVALID_ARGUMENT for a panel whose scores do not mean the same. */
function checkPanel(judges: readonly Judge[]): void {
  const ways = new Set(judges.map(({ options }) => `${options.method}, reason ${options.reason}`));
  if (ways.size <= 1) return;
  const seen = judges.map(({ target, options }) => `${target.model} by ${options.method} (reason ${options.reason})`);
  throw new LlmopsError("INVALID_ARGUMENT", `The judges of the panel would be read in different ways: ${seen.join(", ")}.`, {
    hint: "Give one way for all of them, such as --judge-method votes.",
  });
}
