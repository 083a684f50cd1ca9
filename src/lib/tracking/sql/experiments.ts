import { resolve } from "node:path";
import { PROXIED } from "../artifact-uri.js";
import { checkKey, checkLength, LIMITS, missingValue } from "../limits.js";
import { invalid, missing, MlflowError } from "../mlflow-error.js";
import type { Experiment, NewExperiment, Page, SearchQuery, ViewType } from "../records.js";
import { parseFilter, parseOrder, type Clause } from "../search/grammar.js";
import { EXPERIMENT_FILTER, EXPERIMENT_ORDER } from "../search/grammars.js";
import { checkMaxResults, parsePageToken, toPageToken } from "../search/page-token.js";
import { allOf, compare, keyedValue, type Sql } from "./to-sql.js";
import { locking, type Connection } from "./connection.js";
import { readKeyed, writeKeyed } from "./keyed-values.js";

interface ExperimentRow {
  experiment_id: number;
  name: string;
  artifact_location: string;
  lifecycle_stage: Experiment["lifecycleStage"];
  creation_time: number;
  last_update_time: number;
}

const TAGS = { table: "experiment_tags", owner: "experiment_id" };
const MAX_RESULTS = 50_000;

/** Makes experiment 0 where there is none; its values are its artifact location, and the times of its creation and last change. */
export const INSERT_DEFAULT_EXPERIMENT = "INSERT INTO experiments VALUES (0, 'Default', ?, 'active', ?, ?) ON CONFLICT DO NOTHING";

/** The artifact location of an experiment below the root of a store. */
export function locationBelow(defaultRoot: string, experimentId: string): string {
  return `${defaultRoot.replace(/\/$/, "")}/${experimentId}`;
}

/** The experiments of a store. */
export class Experiments {
  private readonly db: Connection;
  /** The URI below which an experiment has its artifacts, with a slash at its end. */
  private readonly root: string;

  constructor(db: Connection, defaultRoot = PROXIED) {
    this.db = db;
    this.root = locationBelow(defaultRoot, "");
  }

  /** A relative folder is one from the folder this process works in. */
  async create({ name, artifactLocation: asked = "", tags = {} }: NewExperiment): Promise<Experiment> {
    checkName(name);
    checkLocation(asked);
    const artifactLocation = asked === "" || /^([a-z][a-z0-9+.-]*:|\/)/i.test(asked) ? asked : resolve(asked);
    checkTags(tags);
    return this.db.transaction(async () => {
      if (await this.find(name)) throw new MlflowError("RESOURCE_ALREADY_EXISTS", `Experiment(name=${name}) already exists.`);
      const now = Date.now();
      await this.db.run(
        "INSERT INTO experiments (name, artifact_location, lifecycle_stage, creation_time, last_update_time) VALUES (?, ?, 'active', ?, ?)",
        name,
        artifactLocation,
        now,
        now,
      );
      if (artifactLocation === "") {
        await this.db.run("UPDATE experiments SET artifact_location = CAST(? AS TEXT) || experiment_id WHERE name = ?", this.root, name);
      }
      const { experiment_id: id } = (await this.row("name = ?", name)) as ExperimentRow;
      await writeKeyed(this.db, TAGS, { experiment_id: id }, tags);
      return this.get(String(id));
    });
  }

  async get(experimentId: string): Promise<Experiment> {
    const row = await this.row("experiment_id = ?", toNumber(experimentId));
    if (!row) throw missing(`No Experiment with id=${experimentId} exists`);
    return (await this.withTags([row]))[0] as Experiment;
  }

  /** Where the experiment has its artifacts, or an error when it is deleted; nobody deletes it until the transaction ends. */
  async getActive(experimentId: string): Promise<Pick<Experiment, "artifactLocation">> {
    const row = await this.row(`experiment_id = ?${locking(this.db, "SHARE")}`, toNumber(experimentId));
    if (!row) throw missing(`No Experiment with id=${experimentId} exists`);
    if (row.lifecycle_stage === "active") return { artifactLocation: row.artifact_location };
    throw invalid(`The experiment ${experimentId} must be in the 'active' state. Current state is deleted.`);
  }

  async find(name: string): Promise<Experiment | undefined> {
    const row = await this.row("name = ?", name);
    return row && (await this.withTags([row]))[0];
  }

  async search({ filter, orderBy, viewType = "ACTIVE_ONLY", maxResults, pageToken }: SearchQuery): Promise<Page<Experiment>> {
    checkMaxResults(maxResults, MAX_RESULTS);
    const offset = parsePageToken(pageToken);
    const where = allOf([stageIs("e.lifecycle_stage", viewType), ...parseFilter(filter, EXPERIMENT_FILTER).map(toSql)]);
    const order = [
      ...parseOrder(orderBy, EXPERIMENT_ORDER).map(({ key, ascending }) => `e.${key} ${ascending ? "ASC" : "DESC"}`),
      "e.creation_time DESC",
      "e.experiment_id ASC",
    ];
    const rows = await this.db.all<ExperimentRow>(
      `SELECT e.* FROM experiments e WHERE ${where.text} ORDER BY ${order.join(", ")} LIMIT ? OFFSET ?`,
      ...where.values,
      maxResults + 1,
      offset,
    );
    const more = rows.length > maxResults;
    return { items: await this.withTags(rows.slice(0, maxResults)), ...(more ? { nextPageToken: toPageToken(offset + maxResults) } : {}) };
  }

  async rename(experimentId: string, name: string): Promise<void> {
    checkName(name);
    await this.db.transaction(async () => {
      if ((await this.get(experimentId)).lifecycleStage !== "active") {
        throw invalid("Cannot rename a non-active experiment."); // MLflow answers 500, which its clients retry
      }
      const taken = await this.find(name);
      if (taken && taken.experimentId !== experimentId) {
        throw new MlflowError("RESOURCE_ALREADY_EXISTS", `Experiment(name=${name}) already exists.`);
      }
      const id = toNumber(experimentId);
      await this.db.run("UPDATE experiments SET name = ?, last_update_time = ? WHERE experiment_id = ?", name, Date.now(), id);
    });
  }

  async delete(experimentId: string): Promise<void> {
    await this.setStage(experimentId, "deleted");
  }

  async restore(experimentId: string): Promise<void> {
    await this.setStage(experimentId, "active");
  }

  async setTag(experimentId: string, key: string, value: string): Promise<void> {
    checkTags({ [key]: value });
    await this.db.transaction(async () => {
      await this.getActive(experimentId);
      await writeKeyed(this.db, TAGS, { experiment_id: toNumber(experimentId) }, { [key]: value });
    });
  }

  async deleteTag(experimentId: string, key: string): Promise<void> {
    await this.getActive(experimentId);
    const sql = 'DELETE FROM experiment_tags WHERE experiment_id = ? AND "key" = ?';
    if ((await this.db.run(sql, toNumber(experimentId), key)) > 0) return;
    throw missing(`No tag with key: ${key} in experiment with id ${experimentId}`);
  }

  private async setStage(experimentId: string, stage: Experiment["lifecycleStage"]): Promise<void> {
    const id = toNumber(experimentId);
    await this.db.transaction(async () => {
      const { lifecycleStage } = await this.get(experimentId);
      if (lifecycleStage === stage) throw missing(`No Experiment with id=${experimentId} exists that is not ${stage}`);
      const now = Date.now();
      await this.db.run("UPDATE experiments SET lifecycle_stage = ?, last_update_time = ? WHERE experiment_id = ?", stage, now, id);
      const deleted = stage === "deleted" ? now : null;
      await this.db.run("UPDATE runs SET lifecycle_stage = ?, deleted_time = ? WHERE experiment_id = ?", stage, deleted, id);
    });
  }

  private async row(where: string, value: string | number): Promise<ExperimentRow | undefined> {
    return this.db.get<ExperimentRow>(`SELECT * FROM experiments WHERE ${where}`, value);
  }

  private async withTags(rows: readonly ExperimentRow[]): Promise<Experiment[]> {
    const tags = await readKeyed(
      this.db,
      TAGS,
      rows.map((row) => row.experiment_id),
    );
    return rows.map((row) => ({
      experimentId: String(row.experiment_id),
      name: row.name,
      artifactLocation: row.artifact_location,
      lifecycleStage: row.lifecycle_stage,
      creationTime: row.creation_time,
      lastUpdateTime: row.last_update_time,
      tags: tags.get(String(row.experiment_id)) ?? {},
    }));
  }
}

/** SQL that keeps the rows a view shows. */
export function stageIs(column: string, viewType: ViewType): Sql {
  const stage = { ACTIVE_ONLY: "active", DELETED_ONLY: "deleted", ALL: undefined }[viewType];
  return stage === undefined ? { text: "TRUE", values: [] } : { text: `${column} = ?`, values: [stage] };
}

/** Experiments have numbers of 32 bits. */
const LARGEST_ID = 2 ** 31 - 1;

/** The number of an experiment in the database; -1, which none has, for another store's ids. */
export function toNumber(experimentId: string): number {
  return /^\d{1,10}$/.test(experimentId) && Number(experimentId) <= LARGEST_ID ? Number(experimentId) : -1;
}

function toSql(clause: Clause<keyof typeof EXPERIMENT_FILTER>): Sql {
  if (clause.namespace === "tag") return keyedValue(TAGS, "e.experiment_id", clause);
  return compare(`e.${clause.key}`, clause.comparator, clause.value);
}

function checkName(name: string): void {
  if (name === "") throw missingValue("name");
  checkLength("name", name, LIMITS.experimentName);
}

function checkLocation(location: string): void {
  checkLength("artifact_location", location, LIMITS.artifactLocation);
  if (/(^|[/\\])\.\.([/\\]|$)|[#?]/.test(location)) throw invalid(`Invalid artifact_location '${location}': no '..', '#' or '?' in it.`);
}

function checkTags(tags: Readonly<Record<string, string>>): void {
  for (const [key, value] of Object.entries(tags)) {
    checkKey(key, "key", "key");
    checkLength("value", value, LIMITS.experimentTagValue);
  }
}
