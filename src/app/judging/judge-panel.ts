import type { Dataset } from "../../lib/experiments/dataset/sample.js";
import { panelFingerprint, type Judge } from "../../lib/experiments/judge/judge.js";
import type { Rubric } from "../../lib/experiments/judge/rubric.js";
import type { CompletionTarget } from "../../lib/inference/openai/completion-target.js";
import type { RateWatch } from "../../lib/inference/openai/rate-watch.js";
import type { Host } from "../host/host.js";
import type { StudyOptions } from "../studies/study-options.js";
import { describePanel, warningOf } from "./describe-panel.js";
import { openJudges, readMethod, type AskedMethod } from "./open-judges.js";
import { isSameModel, PanelTargets, type JudgesByDefault } from "./panel-targets.js";

/** What a panel needs to be opened. */
export interface PanelOpening extends JudgesByDefault {
  /** The models whose answers are graded, as far as they are known. */
  answering: readonly CompletionTarget[];
}

/** The judges of a study. They are opened after its targets, for the rubrics its scorers have; until then there are none. */
export class JudgePanel {
  private opened: readonly Judge[] = [];
  private criteria: readonly Rubric[] = [];
  private gradesItself = false;
  private readonly options: StudyOptions;
  private readonly asked: AskedMethod;
  private readonly targets: PanelTargets;

  private constructor(options: StudyOptions, asked: AskedMethod, rates: RateWatch) {
    this.options = options;
    this.asked = asked;
    this.targets = new PanelTargets(options, rates);
  }

  /** A panel that nothing was opened for yet. Throws INVALID_ARGUMENT for an unknown way to judge, and what loading plugins throws. */
  static async create(options: StudyOptions, rates: RateWatch): Promise<JudgePanel> {
    return new JudgePanel(options, await readMethod(options), rates);
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
  async open(rubrics: readonly Rubric[], { answering, ...opening }: PanelOpening): Promise<void> {
    const { method, known } = this.asked;
    if (rubrics.length === 0) return;
    const targets = await this.targets.open(method, opening);
    this.opened = await openJudges(targets, rubrics, { options: this.options, known }, opening.host.signal);
    this.criteria = rubrics;
    this.gradesItself = targets.some((target) => answering.some((other) => isSameModel(target, other)));
  }

  /** How verdicts are read, in words. */
  describe(): string {
    return describePanel(this.opened, this.options.judge ?? {}, this.gradesItself);
  }

  /** What speaks against trusting these judges on a dataset, as far as its rows show it. */
  warning(dataset: Dataset): string | undefined {
    return warningOf(this.opened, this.criteria, dataset);
  }

  /** Tells the host who grades, and what speaks against it; nothing where nothing is graded. */
  announce(dataset: Dataset, host: Host): void {
    if (this.criteria.length > 0) host.note(this.describe());
    const warning = this.warning(dataset);
    if (warning !== undefined) host.note(warning);
  }

  async close(): Promise<void> {
    await this.targets.close();
  }
}
