import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { LlmopsError } from "../../lib/base/errors/llmops-error.js";
import type { CompletionTarget } from "../../lib/inference/openai/completion-target.js";
import type { PluginSource } from "../../lib/experiments/plugins/load-plugins.js";
import { findStudy, freeStudyId, lockStudy, pruneStudies, studiesOf } from "../../lib/experiments/study/study-folder.js";
import { StudyJournal, type StoredScorer, type StudyHeader, type StudySource } from "../../lib/experiments/study/study-journal.js";
import { primaryMetric, type StudyPlan } from "../../lib/experiments/study/study.js";
import type { StudyOrigin } from "./study-options.js";
import { studyFolder } from "./study-folders.js";

/** What a study is that is begun or resumed. */
export interface JournalParts {
  origin: StudyOrigin;
  resume?: string | undefined;
  opened: readonly Pick<CompletionTarget, "model" | "location">[];
  judges?: readonly string[];
  more?: object | undefined;
  reads?: StudySource;
  /** What was loaded for it. */
  plugins?: readonly PluginSource[] | undefined;
}

/** A new journal, or that of the study to resume. Throws STUDY_NOT_FOUND, and STUDY_CHANGED where it is not the same study any more. */
export function openJournal(
  plan: StudyPlan,
  { origin, resume, opened, judges = [], more = {}, reads, plugins = [] }: JournalParts,
): StudyJournal {
  const facts = {
    // as they are now: a search adds its trials to the plan, which would make it another study at its end
    settings: [...plan.settings],
    fixed: plan.fixed,
    dataset: `${plan.dataset.digest.slice(0, 16)}, ${plan.dataset.samples.length} rows${plan.dataset.mapping === undefined ? "" : `, ${plan.dataset.mapping}`}`,
    repeats: [...plan.repeats],
    scorers: plan.scorers.map(({ name, version }) => (version === undefined ? name : `${name} (${version})`)),
    seed: plan.seed,
    prompts: plan.texts,
    models: opened.map(({ model, location }) => `${model} (${location})`),
    ...(plan.thinking && { thinking: plan.thinking }),
    ...(judges.length > 0 && { judges }),
    ...more,
    // last: what a plugin changed says more than which it was
    plugins: plugins.length === 0 ? undefined : plugins.map((one) => (typeof one === "string" ? one : "given by the program")),
  };
  if (resume === undefined) {
    const { name: command, argv, folder } = origin;
    const started = {
      id: freeStudyId(studyFolder()),
      command,
      argv: [...argv],
      folder,
      createdAt: new Date().toISOString(),
      status: "running" as const,
    };
    return StudyJournal.create(studyFolder(), { ...started, ...(reads && { reads, scorers: storedScorers(plan) }), facts });
  }
  const journal = StudyJournal.open(studyFolder(), findStudy(studyFolder(), resume, studiesOf(origin.name)).id);
  const { header } = journal;
  const changed = Object.entries(facts).find(([name, value]) => JSON.stringify(header.facts[name]) !== JSON.stringify(value));
  if (changed) {
    const [name, value] = changed;
    journal.close({ finished: false });
    throw new LlmopsError("STUDY_CHANGED", `The study ${header.id} had ${describeChange(name, header.facts[name], value)}.`, {
      hint: hintOnChange(name, origin, header),
    });
  }
  return journal;
}

/** What tells facts apart, as hexadecimal digits. */
export function digestOf(facts: readonly unknown[]): string {
  return createHash("sha256").update(JSON.stringify(facts)).digest("hex");
}

/** The journal of that name in a folder: as it was left, or a new one. */
export function continueJournal(folder: string, id: string, { name: command, argv, folder: startedIn }: StudyOrigin): StudyJournal {
  if (existsSync(join(folder, id))) return StudyJournal.open(folder, id);
  const created = { createdAt: new Date().toISOString(), status: "running" as const, facts: {} };
  return StudyJournal.create(folder, { id, command, argv: [...argv], folder: startedIn, ...created });
}

/**
 * Works within a journal that no other process has, then closes it: as finished when `isFinished` says so of the result, otherwise
 * to be resumed. One that nothing was written to is dropped when the work fails.
 */
export async function withJournal<T>(journal: StudyJournal, work: () => Promise<T>, isFinished: (result: T) => boolean): Promise<T> {
  const unlock = lockStudy(studyFolder(), journal.header.id);
  try {
    const result = await work();
    journal.close({ finished: isFinished(result) });
    return result;
  } catch (error) {
    journal.abandon();
    throw error;
  } finally {
    unlock();
    pruneStudies(studyFolder());
  }
}

function storedScorers(plan: StudyPlan): StoredScorer[] {
  const { primary, asked = [], scorers } = plan;
  const others = asked.flatMap((name) => scorers.find((scorer) => scorer.name === name && scorer !== primary) ?? []);
  return [primary, ...others].map((scorer) => {
    const { name, kind, direction, range } = scorer;
    return { name, kind, direction, ...(range && { range }), metric: scorer === primary ? primaryMetric(plan) : name };
  });
}

/** What to do about a study that is not the same any more. Other scorers need no other answers. */
function hintOnChange(changed: string, { argv }: StudyOrigin, { id, reads }: StudyHeader): string {
  const general = "Cells of different studies cannot be mixed. Undo the change, or start over without --resume.";
  if (changed !== "scorers" || !reads) return general;
  const wanted = argv.flatMap((word, i) => {
    const [, value = word === "--scorer" ? argv[i + 1] : undefined] = /^--scorer=(.*)$/s.exec(word) ?? [];
    return value === undefined ? [] : [` --scorer ${/^[\w.:,/-]+$/.test(value) ? value : `'${value}'`}`];
  });
  return `To score the existing answers without asking again: llmops score ${id}${wanted.join("")}`;
}

/** What was, and what would be now: of settings and texts by name, only what differs. */
function describeChange(name: string, before: unknown, now: unknown): string {
  if (Array.isArray(before) && Array.isArray(now) && before.length === now.length) {
    const place = now.findIndex((value, i) => JSON.stringify(value) !== JSON.stringify(before[i]));
    if (isPlain(now[place])) return describeChange(name, before[place], now[place]);
  }
  if (!isPlain(before) || !isPlain(now)) return `other ${name}: ${brief(before)}; now it would have ${brief(now)}`;
  const keys = [...new Set([...Object.keys(before), ...Object.keys(now)])];
  const differing = keys.filter((key) => JSON.stringify(before[key]) !== JSON.stringify(now[key]));
  const listed = (all: Record<string, unknown>) => differing.map((key) => `${key} ${all[key] === undefined ? "not set" : brief(all[key])}`);
  return differing.length === 0 ? `${name} in another order` : `${listed(before).join(", ")}; now it would have ${listed(now).join(", ")}`;
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function brief(value: unknown): string {
  const text = JSON.stringify(value) ?? "none";
  return text.length > 120 ? `${text.slice(0, 119)}…` : text;
}
