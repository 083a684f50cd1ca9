import { readSecret } from "../../lib/base/config/environment.js";
import { LlmopsError } from "../../lib/base/errors/llmops-error.js";
import type { Registry } from "../../lib/base/registry/registry.js";
import type { Dataset } from "../../lib/experiments/dataset/sample.js";
import { demoValidity, describeValidity } from "../../lib/experiments/judge/demo-domain.js";
import { panelFingerprint, type Judge } from "../../lib/experiments/judge/judge.js";
import { gradedSample } from "../../lib/experiments/judge/judge-scorer.js";
import type { JudgeMethod } from "../../lib/experiments/judge/judge-method.js";
import { chooseMethod } from "../../lib/experiments/judge/judge-methods.js";
import { openJudge } from "../../lib/experiments/judge/open-judge.js";
import { loadPlugins } from "../../lib/experiments/plugins/load-plugins.js";
import type { Rubric } from "../../lib/experiments/judge/rubric.js";
import type { CompletionTarget } from "../../lib/inference/openai/completion-target.js";
import type { RateWatch } from "../../lib/inference/openai/rate-watch.js";
import type { Host } from "../host/host.js";
import { DEFAULT_SEED } from "../studies/study-defaults.js";
import { limitsOf, type StudyOptions } from "../studies/study-options.js";
import { openTarget, type TargetOptions } from "../targets/open-target.js";
import type { JudgeOptions } from "./judge-options.js";

/** Calls of a judge's endpoint at a time, where the study does not say. */
const ENDPOINT_CONCURRENCY = 4;

/** What a panel needs to be opened. */
export interface PanelOpening {
  /** Gives the judge where none was named: the model under test, or the one that is used by default. */
  byDefault: () => Promise<CompletionTarget>;
  /** The models whose answers are graded, as far as they are known. */
  answering: readonly CompletionTarget[];
  slots: number;
  host: Host;
}

/** The judges of a study. They are opened after its targets, for the rubrics its scorers have; until then there are none. */
export class JudgePanel {
  private opened: readonly Judge[] = [];
  private criteria: readonly Rubric[] = [];
  private gradesItself = false;
  private readonly options: StudyOptions;
  private readonly choice: JudgeOptions;
  private readonly rates: RateWatch;
  private readonly own: CompletionTarget[] = [];

  constructor(options: StudyOptions, rates: RateWatch) {
    this.options = options;
    this.choice = options.judge ?? {};
    this.rates = rates;
  }

  get judges(): readonly Judge[] {
    return this.opened;
  }

  /** What the panel was opened for. */
  get rubrics(): readonly Rubric[] {
    return this.criteria;
  }

  /** True where a judge grades answers of its own model. */
  get isSelf(): boolean {
    return this.gradesItself;
  }

  /** What makes the panel the same judges with each of its rubrics. */
  get fingerprints(): string[] {
    return this.criteria.map((rubric) => panelFingerprint(this.opened, rubric));
  }

  /** Opens the judges, if anything is to be graded. Throws what opening a target throws, and INVALID_ARGUMENT for judges that do not go together. */
  async open(rubrics: readonly Rubric[], { byDefault, answering, slots, host }: PanelOpening): Promise<void> {
    const { method, judges: known } = await this.readMethod();
    if (rubrics.length === 0) return;
    const targets =
      method?.asksModel === false
        ? [this.withoutModel(method)]
        : this.names.length === 0
          ? [await byDefault()]
          : await this.openOwn(slots, host);
    const { votes, reason, layout = "rubric_first", maxTokens } = this.choice;
    const { seed = DEFAULT_SEED } = this.options;
    const judges: Judge[] = [];
    for (const target of targets) {
      const concurrency = target.scoreOptions ? undefined : (this.options.concurrency ?? ENDPOINT_CONCURRENCY);
      const choice = {
        method: this.choice.method,
        judges: known,
        votes,
        reason,
        layout,
        seed,
        limits: limitsOf(this.options),
        concurrency,
        maxTokens,
      };
      judges.push(await openJudge(target, rubrics, choice, host.signal));
    }
    checkPanel(judges);
    this.criteria = rubrics;
    this.opened = judges;
    this.gradesItself = targets.some((target) => answering.some((other) => isSameModel(target, other)));
  }

  /** How verdicts are read, in words. */
  describe(): string {
    const [first] = this.opened;
    if (!first) return "";
    const { method, reason, votes } = first.options;
    const how: Record<string, string> = {
      probability: reason === "before" ? "by token probabilities after a written justification" : "by token probabilities",
      votes: `by ${votes} votes${this.asksForVotes ? "" : ", because it gives no token probabilities"}`,
      generate: "by one written score",
    };
    const who = this.opened.map(({ target }) => target.model).join(", ");
    const self = this.gradesItself ? " It grades its own answers: models favor what they write themselves." : "";
    return `${who} grades ${how[method] ?? `by the judge ${method}`}.${self}`;
  }

  /** What speaks against trusting these judges on a dataset, as far as its rows show it. */
  warning({ samples }: Dataset): string | undefined {
    const graded = samples.map((sample) => {
      const { answer_a: answer } = sample.fields;
      return gradedSample(sample, typeof answer === "string" ? answer : "");
    });
    return describeValidity(demoValidity(this.opened, this.criteria, graded));
  }

  /** Tells the host who grades, and what speaks against it; nothing where nothing is graded. */
  announce(dataset: Dataset, host: Host): void {
    if (this.criteria.length > 0) host.note(this.describe());
    const warning = this.warning(dataset);
    if (warning !== undefined) host.note(warning);
  }

  async close(): Promise<void> {
    await Promise.all(this.own.map((target) => target.close()));
  }

  /** The way to judge that is asked for. Throws INVALID_ARGUMENT, and what loading plugins throws. */
  private async readMethod(): Promise<{ method: JudgeMethod | undefined; judges: Registry<JudgeMethod> }> {
    const { judges } = await loadPlugins(this.options.plugins);
    const { method } = this.choice;
    return { method: method === undefined ? undefined : chooseMethod(method, judges).method, judges };
  }

  /** Throws INVALID_ARGUMENT where models were named that nobody would ask. */
  private withoutModel({ name }: JudgeMethod): CompletionTarget {
    if (this.names.length === 0) return noModel(name);
    throw new LlmopsError(
      "INVALID_ARGUMENT",
      `The judge "${name}" asks no model, so --judge-model_path and --judge-endpoint have no effect.`,
      {
        hint: "Leave them out, or choose another --judge-method.",
      },
    );
  }

  private get asksForVotes(): boolean {
    return this.choice.method === "votes" || this.choice.votes !== undefined;
  }

  private get names(): Pick<TargetOptions, "modelPath" | "endpoint">[] {
    const { modelPaths = [], endpoints = [] } = this.choice;
    return [...modelPaths.map((modelPath) => ({ modelPath })), ...endpoints.map((endpoint) => ({ endpoint }))];
  }

  private async openOwn(slots: number, host: Host): Promise<CompletionTarget[]> {
    const { model, apiKeyEnv } = this.choice;
    if (apiKeyEnv !== undefined) readSecret(apiKeyEnv);
    for (const name of this.names) {
      const options: TargetOptions = {
        ...this.options,
        ...{ modelPath: undefined, endpoint: undefined, model: undefined, apiKeyEnv: undefined, body: undefined, extra: undefined },
        ...name,
        ...(name.endpoint !== undefined && { model, apiKeyEnv }),
      };
      this.own.push(await openTarget(options, { slots, rates: this.rates }, host));
    }
    return this.own;
  }
}

/** What stands for the model of a judge that asks none. */
function noModel(name: string): CompletionTarget {
  return {
    ...{ model: name, location: "plugin", identity: `judge ${name}` },
    complete: () => {
      throw new LlmopsError("PLUGIN_FAILED", `The judge "${name}" says that it asks no model, but it asks one.`, {
        hint: "Leave out asksModel: false in the plugin.",
      });
    },
    close: () => Promise.resolve(),
  };
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
