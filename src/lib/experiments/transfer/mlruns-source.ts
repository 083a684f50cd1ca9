import { createReadStream, existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parse } from "yaml";
import { LlmopsError, messageOf } from "../../base/errors/llmops-error.js";
import type { DatasetInput, Experiment, Metric, Run, RunStatus } from "../../tracking/records.js";
import type { LeftOut } from "./copied.js";
import type { RunSource, SourceRun } from "./run-source.js";

type Meta = Readonly<Record<string, unknown>>;

/** The file store writes a run's status as a number. */
const STATUSES: Record<string, RunStatus> = { "1": "RUNNING", "2": "SCHEDULED", "3": "FINISHED", "4": "FAILED", "5": "KILLED" };

/** True for a folder of MLflow's old file store. */
export function isMlrunsFolder(path: string): boolean {
  return existsSync(path) && !existsSync(join(path, "mlflow.db")) && experimentFolders(path).length > 0;
}

/** MLflow's old file store (mlruns) as something to copy from. Its registry is not read. Throws STORE_INCOMPATIBLE for a broken file. */
export function mlrunsSource(path: string): RunSource {
  const root = resolve(path);
  const folderOf = new Map<string, string>();
  return {
    uri: `file://${root}`,
    async experiments() {
      return experimentFolders(root).flatMap((folder) => {
        const experiment = readExperiment(folder);
        folderOf.set(experiment.experimentId, folder);
        return experiment.lifecycleStage === "active" ? [experiment] : [];
      });
    },
    async *runs({ experimentId }) {
      const folder = folderOf.get(experimentId) ?? join(root, experimentId);
      const runs = folders(folder).filter((run) => existsSync(join(run, "meta.yaml")));
      const metas = runs.map((run) => ({ run, meta: readMeta(run) })).filter(({ meta }) => meta["lifecycle_stage"] !== "deleted");
      const ordered = metas.sort((a, b) => Number(a.meta["start_time"] ?? 0) - Number(b.meta["start_time"] ?? 0));
      for (const { run, meta } of ordered) yield readRun(run, meta);
    },
    models: async () => [],
    loggedModels: async () => [],
    async *traces() {},
    spansOf: async () => [],
    files: async () => [],
    readFile: async (uri, path) => createReadStream(join(uri, path)),
    leftOut: () => leftOutOf(root),
  };
}

/** Registered models, logged models, and traces, which are not read. */
function leftOutOf(root: string): LeftOut[] {
  const why = "not read from mlruns folders: serve the folder with MLflow and import from there";
  const within = (name: string) => experimentFolders(root).flatMap((experiment) => folders(join(experiment, name)));
  const counts = { "registered models": folders(join(root, "models")), "logged models": within("models"), traces: within("traces") };
  return Object.entries(counts).flatMap(([name, found]) => (found.length > 0 ? [{ what: `${found.length} ${name}`, why }] : []));
}

function experimentFolders(root: string): string[] {
  return folders(root).filter((folder) => /^\d+$/.test(folder.split(/[\\/]/).at(-1) ?? "") && existsSync(join(folder, "meta.yaml")));
}

function readExperiment(folder: string): Experiment {
  const meta = readMeta(folder);
  return {
    experimentId: text(meta["experiment_id"]),
    name: text(meta["name"]),
    artifactLocation: text(meta["artifact_location"]),
    lifecycleStage: meta["lifecycle_stage"] === "deleted" ? "deleted" : "active",
    creationTime: Number(meta["creation_time"] ?? 0),
    lastUpdateTime: Number(meta["last_update_time"] ?? 0),
    tags: readValues(join(folder, "tags")),
  };
}

function readRun(folder: string, meta: Meta): SourceRun {
  const histories = new Map(files(join(folder, "metrics")).map((key) => [key, readHistory(folder, key)]));
  const tags = readValues(join(folder, "tags"));
  const run: Run = {
    runId: text(meta["run_id"] ?? meta["run_uuid"]),
    runName: text(meta["run_name"] ?? meta["name"] ?? tags["mlflow.runName"]),
    experimentId: text(meta["experiment_id"]),
    userId: text(meta["user_id"]),
    status: STATUSES[text(meta["status"])] ?? "FINISHED",
    startTime: Number(meta["start_time"] ?? 0),
    endTime: meta["end_time"] === null || meta["end_time"] === undefined ? null : Number(meta["end_time"]),
    artifactUri: join(folder, "artifacts"),
    lifecycleStage: meta["lifecycle_stage"] === "deleted" ? "deleted" : "active",
    params: readValues(join(folder, "params")),
    metrics: [...histories.values()].flatMap((points) => points.slice(-1)),
    tags,
    datasets: readDatasets(folder),
    modelInputs: [],
    modelOutputs: [],
  };
  const artifacts = join(folder, "artifacts");
  return {
    run,
    history: async (key) => histories.get(key) ?? [],
    artifacts: async () => files(artifacts),
    read: async (path) => createReadStream(join(artifacts, path)),
  };
}

/** Lines "timestamp value step"; the oldest files have no step, newer ones more columns. */
function readHistory(folder: string, key: string): Metric[] {
  const path = join(folder, "metrics", key);
  const lines = readFileSync(path, "utf8")
    .split("\n")
    .filter((line) => line.trim() !== "");
  return lines.map((line, index) => {
    const [timestamp = "", value = "", step = "0"] = line.trim().split(/\s+/);
    const number = /^nan$/i.test(value) ? Number.NaN : Number(value.replace(/^([+-]?)inf(inity)?$/i, "$1Infinity"));
    if (!Number.isFinite(Number(timestamp)) || (Number.isNaN(number) && !/^nan$/i.test(value))) {
      throw broken(`${path}:${index + 1}`, `"${line.slice(0, 50)}" is not a point of a metric`);
    }
    return { key, value: number, timestamp: Math.round(Number(timestamp)), step: Math.round(Number(step)) };
  });
}

function readDatasets(runFolder: string): DatasetInput[] {
  const stored = join(runFolder, "..", "datasets");
  return folders(join(runFolder, "inputs")).flatMap((input) => {
    const link = readMeta(input);
    const folder = join(stored, text(link["source_id"]));
    if (!existsSync(join(folder, "meta.yaml"))) return [];
    const meta = readMeta(folder);
    const optional = (value: unknown) => (value === null || value === undefined ? null : text(value));
    return [
      {
        name: text(meta["name"]),
        digest: text(meta["digest"]),
        sourceType: text(meta["source_type"]),
        source: text(meta["source"]),
        schema: optional(meta["schema"]),
        profile: optional(meta["profile"]),
        tags: Object.fromEntries(Object.entries((link["tags"] ?? {}) as Record<string, unknown>).map(([key, value]) => [key, text(value)])),
      },
    ];
  });
}

function readMeta(folder: string): Meta {
  const path = join(folder, "meta.yaml");
  try {
    return parse(readFileSync(path, "utf8"), { intAsBigInt: true }) as Meta;
  } catch (cause) {
    throw broken(path, messageOf(cause));
  }
}

/** The values under a folder of files, by their paths: keys may hold slashes. */
function readValues(folder: string): Record<string, string> {
  return Object.fromEntries(files(folder).map((key) => [key, readFileSync(join(folder, key), "utf8")]));
}

function files(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(folder.length + 1)
        .replaceAll("\\", "/"),
    )
    .sort();
}

function folders(path: string): string[] {
  if (!existsSync(path)) return [];
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith("."))
    .map((entry) => join(path, entry.name));
}

function text(value: unknown): string {
  return typeof value === "string" || typeof value === "number" || typeof value === "bigint" ? String(value) : "";
}

function broken(place: string, why: string): LlmopsError {
  return new LlmopsError("STORE_INCOMPATIBLE", `${place} cannot be read: ${why}.`, {
    hint: "Repair or remove that file, then import again; finished work is not repeated.",
  });
}
