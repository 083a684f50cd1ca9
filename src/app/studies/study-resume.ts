import { LlmopsError } from "../../lib/base/errors/llmops-error.js";
import type { CompletionTarget } from "../../lib/inference/openai/completion-target.js";
import { findStudy, lockStudy, newStudyId, pruneStudies, studiesOf } from "../../lib/experiments/study/study-folder.js";
import { StudyJournal, type StoredScorer, type StudyHeader, type StudySource } from "../../lib/experiments/study/study-journal.js";
import { primaryMetric, type StudyPlan } from "../../lib/experiments/study/study.js";
import type { Host } from "../host/host.js";
import { type StudyFlags } from "../../cli/flags/study-flags.js";
import { studyFolder } from "./study-folders.js";

/** The command around a study. */
export interface StudyCommand extends Host {
  /** As typed: "llmops sweep", and everything after it. */
  name: string;
  argv: string[];
  log(text: string): void;
}

/**
 * The words a study was started with, and those given now; goes to the folder it was started in. Throws STUDY_NOT_FOUND, or
 * INVALID_ARGUMENT for a study of another command.
 */
export function resumedArgv(
  resume: string,
  { name, argv }: Pick<StudyCommand, "name" | "argv">,
): { then: readonly string[]; now: readonly string[] } {
  const header = findStudy(studyFolder(), resume, studiesOf(name));
  if (header.command !== name) {
    throw new LlmopsError("INVALID_ARGUMENT", `The study ${header.id} was started by ${header.command}.`, {
      hint: `Resume it with: ${header.command} --resume ${header.id}`,
    });
  }
  try {
    process.chdir(header.folder);
  } catch (cause) {
    throw new LlmopsError("STUDY_NOT_FOUND", `The folder the study ${header.id} was started in is gone: ${header.folder}.`, {
      hint: "Put it back, or start the study anew.",
      cause,
    });
  }
  return { then: header.argv, now: argv };
}

/** A new journal, or that of the study to go on with. Throws STUDY_CHANGED where it is not the same study any more. */
export function openJournal(
  command: StudyCommand,
  { resume }: Pick<StudyFlags, "resume">,
  plan: StudyPlan,
  {
    opened,
    judges = [],
    more = {},
    reads,
  }: {
    opened: readonly Pick<CompletionTarget, "model" | "location">[];
    judges?: readonly string[];
    more?: object;
    reads?: StudySource;
  },
): StudyJournal {
  const facts = {
    // as they are now: a search adds its trials to the plan, which would make it another study at its end
    settings: [...plan.settings],
    fixed: plan.fixed,
    dataset: `${plan.dataset.digest.slice(0, 16)}, ${plan.dataset.samples.length} rows${plan.dataset.mapping === undefined ? "" : `, ${plan.dataset.mapping}`}`,
    repeats: [...plan.repeats],
    scorers: plan.scorers.map(({ name }) => name),
    seed: plan.seed,
    prompts: plan.texts,
    models: opened.map(({ model, location }) => `${model} (${location})`),
    ...(plan.thinking && { thinking: plan.thinking }),
    ...(judges.length > 0 && { judges }),
    ...more,
  };
  if (resume === undefined) {
    const header = {
      id: newStudyId(),
      command: command.name,
      argv: command.argv,
      folder: process.cwd(),
      createdAt: new Date().toISOString(),
      status: "running" as const,
      ...(reads && { reads, scorers: storedScorers(plan) }),
      facts,
    };
    return StudyJournal.create(studyFolder(), header);
  }
  const journal = StudyJournal.open(studyFolder(), findStudy(studyFolder(), resume, studiesOf(command.name)).id);
  const { header } = journal;
  const changed = Object.entries(facts).find(([name, value]) => JSON.stringify(header.facts[name]) !== JSON.stringify(value));
  if (changed) {
    const [name, value] = changed;
    journal.close({ finished: false });
    throw new LlmopsError("STUDY_CHANGED", `The study ${header.id} had ${describeChange(name, header.facts[name], value)}.`, {
      hint: hintOnChange(name, command, header),
    });
  }
  return journal;
}

/**
 * Works within a journal that no other process has, then closes it: as finished when `isFinished` says so of the result, otherwise
 * to be gone on with. One that nothing was written to is dropped when the work fails.
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
function hintOnChange(changed: string, { argv }: Pick<StudyCommand, "argv">, { id, reads }: StudyHeader): string {
  const general = "Cells of different studies cannot be mixed. Put back what changed, or start anew without --resume.";
  if (changed !== "scorers" || !reads) return general;
  const wanted = argv.flatMap((word, i) => {
    const [, value = word === "--scorer" ? argv[i + 1] : undefined] = /^--scorer=(.*)$/s.exec(word) ?? [];
    return value === undefined ? [] : [` --scorer ${/^[\w.:,/-]+$/.test(value) ? value : `'${value}'`}`];
  });
  return `The answers there are can be scored anew, without asking again: llmops score ${id}${wanted.join("")}`;
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
