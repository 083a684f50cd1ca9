import { LlmopsError } from "../../base/errors/llmops-error.js";
import { ensureExperiment } from "../find-experiment.js";
import { MlflowError } from "../mlflow-error.js";
import { splitBatch } from "../split-batch.js";
import type { TrackingStore } from "../tracking-store.js";
import { mergeBatches, type ArtifactEntry, type BatchEntry, type DamagedLine, type Entry, type RunEntry } from "./entries.js";
import type { JournalFile, ReadEntry } from "./journal-file.js";
import { PARENT_TAG } from "../mlflow-tags.js";

/** The tag that says which entry of a journal made a run: a run whose answer was lost is found again by it. */
const KEY_TAG = "llmops.journal_key";

/** Failures that pass, also with another token or address: everything else would fail again. */
const PASSING = ["STORE_UNREACHABLE", "STORE_ERROR", "STORE_UNWRITABLE", "STORE_FORBIDDEN", "STORE_INCOMPATIBLE"];

/** Sends the entries of a journal to its store, in their order. */
export class Sender {
  private readonly journal: JournalFile;
  private readonly store: TrackingStore;
  private readonly experiments = new Map<string, string>();
  /** Runs that may have been made although no answer came. */
  private readonly doubtful = new Set<string>();
  private readonly recovered: boolean;
  /** The params that runs which were there before have already: they stay as they were first recorded. */
  private readonly known = new Map<string, ReadonlySet<string>>();
  /** Entries the store refused for good, and why the first of the last sending. */
  rejected = 0;
  refusal: LlmopsError | undefined;

  /** Keys of runs that the store refused, or that were deleted while they were recorded. */
  private readonly refusedRuns = new Set<string>();

  /** `recovered`: another process may have sent part of what is not acknowledged. */
  constructor(journal: JournalFile, store: TrackingStore, { recovered }: { recovered: boolean }) {
    this.journal = journal;
    this.store = store;
    this.recovered = recovered;
  }

  /** The file of what was refused. */
  get rejectedPath(): string {
    return this.journal.rejectedPath;
  }

  /** Whether the store refused a run, or what is recorded in it because it was deleted. */
  hasRefused(run: string): boolean {
    return this.refusedRuns.has(run);
  }

  experimentIdOf(name: string): string | undefined {
    return this.experiments.get(name);
  }

  /** Sends what the file holds now. Throws the store's error when it cannot take it now; what was sent is remembered. `pause` is waited for after each step. */
  async send(pause: (workedMs: number) => Promise<void> = async () => undefined): Promise<void> {
    this.refusal = undefined;
    for (let entries = this.journal.read(); entries.length > 0; entries = this.journal.read()) {
      for (const group of groupBatches(entries)) {
        const begun = performance.now();
        await this.sendGroup(group);
        this.journal.acknowledge((group.at(-1) as ReadEntry).end);
        await pause(performance.now() - begun);
      }
    }
  }

  private async sendGroup(group: readonly ReadEntry[]): Promise<void> {
    try {
      await this.perform(group.map(({ entry }) => requireEntry(entry)));
    } catch (error) {
      if (!(error instanceof LlmopsError) || PASSING.includes(error.code)) throw error;
      if (group.length > 1) for (const single of group) await this.sendGroup([single]);
      else await this.reject(group[0] as ReadEntry, error);
    }
  }

  private async reject({ entry }: ReadEntry, refusal: LlmopsError): Promise<void> {
    this.rejected += 1;
    this.refusal ??= refusal;
    this.journal.reject(entry, refusal.message);
    if (entry.op === "damaged" || this.refusedRuns.has(entry.run)) return;
    if (!(await this.isThere(entry.run))) this.refusedRuns.add(entry.run);
  }

  /** Whether the store has a run to record in; one that cannot say so now has it. */
  private async isThere(key: string): Promise<boolean> {
    const id = this.journal.progress.idOf(key);
    if (id === undefined) return false;
    try {
      return (await this.store.getRun(id)).lifecycleStage === "active";
    } catch (error) {
      return !(error instanceof MlflowError && error.errorCode === "RESOURCE_DOES_NOT_EXIST");
    }
  }

  private async perform(entries: readonly Entry[]): Promise<void> {
    const [first] = entries;
    if (first?.op === "batch") return this.sendBatches(entries as BatchEntry[]);
    if (first?.op === "run") return this.createRun(first);
    if (first?.op === "dataset") return this.store.logInputs(this.runId(first.run), { datasets: [first.dataset] });
    if (first?.op === "end") {
      await this.store.updateRun(this.runId(first.run), { status: first.status, endTime: first.endTime });
      this.journal.progress.noteEnd(first.run);
    } else if (first?.op === "artifact") await this.sendArtifact(first);
  }

  private async sendArtifact({ run, path, text, file = "" }: ArtifactEntry): Promise<void> {
    const content = text ?? this.journal.readContent(file);
    if (content === undefined) return;
    await this.store.writeArtifact(this.runId(run), path, content);
    if (text === undefined) this.journal.dropContent(file);
  }

  private async createRun({ run, experiment, name, startTime, userId, tags, parent, continues, outdated }: RunEntry): Promise<void> {
    if (this.journal.progress.idOf(run) !== undefined) return;
    const experimentId = await this.experimentId(experiment);
    const parentTag = parent === undefined ? {} : { [PARENT_TAG]: this.runId(parent) };
    const found = this.recovered || continues || this.doubtful.has(run) ? await this.findRun(experimentId, run) : undefined;
    this.doubtful.add(run);
    const made =
      found ??
      (await this.store.createRun({ experimentId, runName: name, startTime, userId, tags: { ...tags, ...parentTag, [KEY_TAG]: run } }))
        .runId;
    if (found !== undefined && continues) {
      const before = await this.store.getRun(found);
      this.known.set(run, new Set(Object.keys(before.params)));
      for (const tag of outdated ?? []) if (Object.hasOwn(before.tags, tag)) await this.store.deleteTag(found, tag);
      await this.store.updateRun(found, { status: "RUNNING" });
    }
    this.journal.progress.noteRun(run, made);
    this.doubtful.delete(run);
  }

  private async findRun(experimentId: string, key: string): Promise<string | undefined> {
    const query = { experimentIds: [experimentId], filter: `tags.\`${KEY_TAG}\` = '${key}'`, maxResults: 1 };
    return (await this.store.searchRuns(query)).items[0]?.runId;
  }

  /** Batches of one run go together, in as few requests as MLflow's limits allow. */
  private async sendBatches(entries: readonly BatchEntry[]): Promise<void> {
    for (const run of new Set(entries.map((entry) => entry.run))) {
      const batches = entries.filter((entry) => entry.run === run);
      const { params: given = {}, metrics = [], tags = {} } = mergeBatches(batches);
      const known = Object.keys(given).length > 0 ? await this.knownParams(run) : undefined;
      const params = Object.fromEntries(Object.entries(given).filter(([name]) => known?.has(name) !== true));
      const links = batches.flatMap(({ runTags }) => Object.entries(runTags).map(([tag, key]) => [tag, this.runId(key)] as const));
      for (const part of splitBatch({ params, metrics, tags: { ...tags, ...Object.fromEntries(links) } })) {
        await this.store.logBatch(this.runId(run), part);
      }
    }
  }

  /** Another process may have continued a run whose entries it left. */
  private async knownParams(run: string): Promise<ReadonlySet<string> | undefined> {
    if (this.recovered && !this.known.has(run)) this.known.set(run, await this.paramsOf(this.runId(run)));
    return this.known.get(run);
  }

  private async paramsOf(runId: string): Promise<ReadonlySet<string>> {
    return new Set(Object.keys((await this.store.getRun(runId)).params));
  }

  private async experimentId(name: string): Promise<string> {
    const known = this.experiments.get(name);
    if (known !== undefined) return known;
    const { experimentId } = await ensureExperiment(this.store, name);
    this.experiments.set(name, experimentId);
    return experimentId;
  }

  private runId(key: string): string {
    const id = this.journal.progress.idOf(key);
    if (id !== undefined) return id;
    throw new LlmopsError("STORE_CONFLICT", `The run of entry ${key} was refused by the store.`);
  }
}

function requireEntry(entry: Entry | DamagedLine): Entry {
  if (entry.op !== "damaged") return entry;
  throw new LlmopsError("STORE_CONFLICT", "This line of the journal was damaged: it is not an entry.");
}

/** Neighboring batches as one group, everything else alone. */
function groupBatches(entries: readonly ReadEntry[]): ReadEntry[][] {
  const groups: ReadEntry[][] = [];
  for (const item of entries) {
    const last = groups.at(-1);
    if (item.entry.op === "batch" && last?.[0]?.entry.op === "batch") last.push(item);
    else groups.push([item]);
  }
  return groups;
}
