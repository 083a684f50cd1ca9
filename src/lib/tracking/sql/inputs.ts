import { randomUUID } from "node:crypto";
import { checkLength, LIMITS } from "../limits.js";
import type { DatasetInput, DatasetSummary, Run } from "../records.js";
import type { Connection } from "./connection.js";
import { IN_LIST, inList, readKeyed, writeKeyed } from "./keyed-values.js";

type Links = Pick<Run, "datasets" | "modelInputs" | "modelOutputs">;
type RunKey = Pick<Run, "runId" | "experimentId">;

/** Records datasets as inputs of a run; one that is there already is not doubled. */
export async function writeDatasets(db: Connection, { runId, experimentId }: RunKey, datasets: readonly DatasetInput[]): Promise<void> {
  for (const dataset of datasets) {
    checkDataset(dataset);
    const key = [Number(experimentId), dataset.name, dataset.digest];
    await db.run(
      "INSERT INTO datasets VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
      ...[uuid(), ...key, dataset.sourceType, dataset.source, dataset.schema, dataset.profile],
    );
    const found = await db.get<{ id: string }>(
      "SELECT dataset_uuid AS id FROM datasets WHERE experiment_id = ? AND name = ? AND digest = ?",
      ...key,
    );
    const link = ["DATASET", found?.id ?? "", "RUN", runId];
    await db.run("INSERT INTO inputs VALUES (?, ?, ?, ?, ?, 0) ON CONFLICT DO NOTHING", uuid(), ...link);
    const input = await db.get<{ id: string }>(
      "SELECT input_uuid AS id FROM inputs WHERE source_type = ? AND source_id = ? AND destination_type = ? AND destination_id = ?",
      ...link,
    );
    await writeKeyed(db, { table: "input_tags", key: "name" }, { input_uuid: input?.id ?? "" }, dataset.tags);
  }
}

/** Records that the run used these logged models. */
export async function writeModelInputs(db: Connection, { runId }: Pick<Run, "runId">, modelIds: readonly string[]): Promise<void> {
  for (const id of modelIds)
    await db.run("INSERT INTO inputs VALUES (?, 'RUN_INPUT', ?, 'MODEL_INPUT', ?, 0) ON CONFLICT DO NOTHING", uuid(), runId, id);
}

/** Records that the run made these logged models, at a step each. */
export async function writeModelOutputs(db: Connection, { runId }: Pick<Run, "runId">, models: Run["modelOutputs"]): Promise<void> {
  for (const { modelId, step } of models) {
    await db.run(
      "INSERT INTO inputs VALUES (?, 'RUN_OUTPUT', ?, 'MODEL_OUTPUT', ?, ?) ON CONFLICT DO NOTHING",
      uuid(),
      runId,
      modelId,
      step,
    );
  }
}

/** Datasets and logged models of each of the runs. */
export async function readLinks(db: Connection, runIds: readonly string[]): Promise<Map<string, Links>> {
  const links = new Map<string, Links>(runIds.map((id) => [id, { datasets: [], modelInputs: [], modelOutputs: [] }]));
  await readDatasets(db, runIds, links);
  const rows = await db.all<{ source_type: string; run: string; model: string; step: number }>(
    `SELECT source_type, source_id AS run, destination_id AS model, step FROM inputs
     WHERE source_type IN ('RUN_INPUT', 'RUN_OUTPUT') AND source_id IN ${IN_LIST} ORDER BY rowid`,
    inList(runIds),
  );
  for (const { source_type: kind, run, model, step } of rows) {
    if (kind === "RUN_INPUT") links.get(run)?.modelInputs.push(model);
    else links.get(run)?.modelOutputs.push({ modelId: model, step });
  }
  return links;
}

/** Datasets of the experiments' runs, each with the contexts it was used in; at most 1000. */
export async function readDatasetSummaries(db: Connection, experimentIds: readonly number[]): Promise<DatasetSummary[]> {
  return db.all<DatasetSummary>(
    `SELECT DISTINCT cast(d.experiment_id AS TEXT) AS "experimentId", d.name, d.digest, t.value AS context FROM datasets d
     LEFT JOIN inputs i ON i.source_type = 'DATASET' AND i.source_id = d.dataset_uuid
     LEFT JOIN input_tags t ON t.input_uuid = i.input_uuid AND t.name = 'mlflow.data.context'
     WHERE d.experiment_id IN ${IN_LIST} LIMIT 1000`,
    inList(experimentIds),
  );
}

interface DatasetRow {
  run: string;
  input: string;
  name: string;
  digest: string;
  dataset_source_type: string;
  dataset_source: string;
  dataset_schema: string | null;
  dataset_profile: string | null;
}

async function readDatasets(db: Connection, runIds: readonly string[], links: ReadonlyMap<string, Links>): Promise<void> {
  const rows = await db.all<DatasetRow>(
    `SELECT i.destination_id AS run, i.input_uuid AS input, d.* FROM inputs i JOIN datasets d ON d.dataset_uuid = i.source_id
     WHERE i.source_type = 'DATASET' AND i.destination_type = 'RUN' AND i.destination_id IN ${IN_LIST} ORDER BY i.rowid`,
    inList(runIds),
  );
  const inputs = rows.map(({ input }) => input);
  const tags = await readKeyed(db, { table: "input_tags", owner: "input_uuid", key: "name" }, inputs);
  for (const row of rows) {
    links.get(row.run)?.datasets.push({
      name: row.name,
      digest: row.digest,
      sourceType: row.dataset_source_type,
      source: row.dataset_source,
      schema: row.dataset_schema,
      profile: row.dataset_profile,
      tags: tags.get(row.input) ?? {},
    });
  }
}

function checkDataset({ name, digest, source, schema, profile, tags }: DatasetInput): void {
  checkLength("name", name, LIMITS.datasetName);
  checkLength("digest", digest, LIMITS.datasetDigest);
  checkLength("source", source, LIMITS.datasetSource);
  checkLength("schema", schema ?? "", LIMITS.datasetSchema);
  checkLength("profile", profile ?? "", LIMITS.datasetProfile);
  for (const [key, value] of Object.entries(tags)) {
    checkLength("key", key, LIMITS.inputTagKey);
    checkLength("value", value, LIMITS.inputTagValue);
  }
}

function uuid(): string {
  return randomUUID().replaceAll("-", "");
}
