import { keyed } from "../keyed.js";
import { checkModelTags, missingValue } from "../limits.js";
import { invalid, missing } from "../mlflow-error.js";
import type { Page, SearchQuery } from "../records.js";
import { toStage, type ModelVersion, type NewModelVersion, type Stage } from "../registry-records.js";
import { parseFilter, parseOrder, type Clause } from "../search/grammar.js";
import { VERSION_FILTER, VERSION_ORDER } from "../search/grammars.js";
import { checkMaxResults, parsePageToken, toPageToken } from "../search/page-token.js";
import { allOf, compare, keyedValue, type Sql } from "./to-sql.js";
import { lockRow, type Connection } from "./connection.js";

interface VersionRow {
  name: string;
  version: number;
  creation_time: number;
  last_updated_time: number;
  description: string | null;
  user_id: string | null;
  current_stage: Stage;
  source: string;
  run_id: string | null;
  status: ModelVersion["status"];
  status_message: string | null;
  run_link: string | null;
  storage_location: string | null;
}

const MAX_RESULTS = 200_000;
/** As in MLflow, a deleted version stays, without what it said, so that its number is never another version's. */
const DELETED = "Deleted_Internal";
const LIVE = `current_stage <> '${DELETED}'`;
const COLUMNS: Record<string, string> = {
  version_number: "version",
  source_path: "source",
  creation_timestamp: "creation_time",
  last_updated_timestamp: "last_updated_time",
};

/** The versions of registered models of a store. */
export class ModelVersions {
  private readonly db: Connection;

  constructor(db: Connection) {
    this.db = db;
  }

  /** `storage` is where the files are when that is not the source itself. */
  async create(
    { name, source, runId = "", runLink = "", description = "", tags = {} }: NewModelVersion,
    storage: string,
  ): Promise<ModelVersion> {
    if (source === "") throw missingValue("source");
    checkModelTags(tags);
    return this.db.transaction(async () => {
      const now = Date.now();
      if ((await this.db.run("UPDATE registered_models SET last_updated_time = ? WHERE name = ?", now, name)) === 0) {
        throw missing(`Registered Model with name=${name} not found`);
      }
      const last = await this.db.get<{ version: number | null }>("SELECT max(version) AS version FROM model_versions WHERE name = ?", name);
      const version = (last?.version ?? 0) + 1;
      await this.db.run(
        "INSERT INTO model_versions VALUES (?, ?, ?, ?, ?, NULL, 'None', ?, ?, 'READY', NULL, ?, ?)",
        ...[name, version, now, now, description, source, runId, runLink, storage],
      );
      for (const [key, value] of Object.entries(tags)) await this.writeTag(name, version, key, value);
      return this.get(name, String(version));
    });
  }

  async get(name: string, version: string): Promise<ModelVersion> {
    if (!/^\d+$/.test(version)) throw invalid(`Parameter 'version' must be an integer, got '${version}'.`);
    const sql = `SELECT * FROM model_versions WHERE name = ? AND version = ? AND ${LIVE}`;
    const row = await this.db.get<VersionRow>(sql, name, Number(version));
    if (!row) throw missing(`Model Version (name=${name}, version=${version}) not found`);
    return this.toVersion(row);
  }

  async describe(name: string, version: string, description: string): Promise<ModelVersion> {
    await this.get(name, version);
    const sql = "UPDATE model_versions SET description = ?, last_updated_time = ? WHERE name = ? AND version = ?";
    await this.db.run(sql, description, Date.now(), name, Number(version));
    return this.get(name, version);
  }

  async transition(
    name: string,
    version: string,
    { stage, archiveOthers }: { stage: Stage; archiveOthers: boolean },
  ): Promise<ModelVersion> {
    if (archiveOthers && (stage === "None" || stage === "Archived")) {
      throw invalid(`Model version transition cannot archive existing model versions because '${stage}' is not an Active stage.`);
    }
    await this.db.transaction(async () => {
      await lockRow(this.db, "registered_models", "name", name);
      await this.get(name, version);
      const now = Date.now();
      const number = Number(version);
      const move = "UPDATE model_versions SET current_stage = ?, last_updated_time = ? WHERE name = ?";
      if (archiveOthers) await this.db.run(`${move} AND current_stage = ? AND version <> ?`, "Archived", now, name, stage, number);
      await this.db.run(`${move} AND version = ?`, stage, now, name, number);
      await this.db.run("UPDATE registered_models SET last_updated_time = ? WHERE name = ?", now, name);
    });
    return this.get(name, version);
  }

  async delete(name: string, version: string): Promise<void> {
    await this.db.transaction(async () => {
      await lockRow(this.db, "registered_models", "name", name);
      await this.get(name, version);
      const now = Date.now();
      for (const table of ["model_version_tags", "registered_model_aliases"]) {
        await this.db.run(`DELETE FROM ${table} WHERE name = ? AND version = ?`, name, Number(version));
      }
      await this.db.run(
        `UPDATE model_versions SET current_stage = '${DELETED}', last_updated_time = ?, description = NULL, user_id = NULL,
         source = 'REDACTED-SOURCE-PATH', run_id = 'REDACTED-RUN-ID', run_link = 'REDACTED-RUN-LINK', status_message = NULL,
         storage_location = NULL WHERE name = ? AND version = ?`,
        ...[now, name, Number(version)],
      );
      await this.db.run("UPDATE registered_models SET last_updated_time = ? WHERE name = ?", now, name);
    });
  }

  /** The newest version of all, which the alias "latest" names. */
  async newest(name: string): Promise<ModelVersion> {
    const sql = `SELECT * FROM model_versions WHERE name = ? AND ${LIVE} ORDER BY version DESC LIMIT 1`;
    const row = await this.db.get<VersionRow>(sql, name);
    if (row) return this.toVersion(row);
    throw missing(`Latest version not found for model ${name}.`);
  }

  /** The newest version in each of the stages, in every stage when none is named. */
  async latest(name: string, stages: readonly string[]): Promise<ModelVersion[]> {
    const wanted = stages.map(toStage);
    const rows = await this.db.all<VersionRow>(
      `SELECT * FROM model_versions v WHERE name = ? AND ${LIVE} AND version =
         (SELECT max(version) FROM model_versions w WHERE w.name = v.name AND w.current_stage = v.current_stage) ORDER BY version`,
      name,
    );
    return this.toVersions(rows.filter((row) => wanted.length === 0 || wanted.includes(row.current_stage)));
  }

  /** As in MLflow, found versions do not say their aliases. */
  async search({ filter, orderBy, maxResults, pageToken }: SearchQuery): Promise<Page<ModelVersion>> {
    checkMaxResults(maxResults, MAX_RESULTS);
    const offset = parsePageToken(pageToken);
    const where = allOf(parseFilter(filter, VERSION_FILTER).map(toSql));
    const asked = orderBy === undefined || orderBy.length === 0 ? ["last_updated_timestamp DESC"] : orderBy;
    const order = parseOrder(asked, VERSION_ORDER).map(({ key, ascending }) => `v.${COLUMNS[key] ?? key} ${ascending ? "ASC" : "DESC"}`);
    const rows = await this.db.all<VersionRow>(
      `SELECT v.* FROM model_versions v WHERE v.${LIVE} AND ${where.text}
       ORDER BY ${[...order, "v.name ASC", "v.version DESC"].join(", ")} LIMIT ? OFFSET ?`,
      ...where.values,
      maxResults + 1,
      offset,
    );
    const items = (await this.toVersions(rows.slice(0, maxResults))).map((version) => ({ ...version, aliases: [] }));
    return rows.length > maxResults ? { items, nextPageToken: toPageToken(offset + maxResults) } : { items };
  }

  async setTag(name: string, version: string, key: string, value: string): Promise<void> {
    checkModelTags({ [key]: value });
    await this.get(name, version);
    await this.writeTag(name, Number(version), key, value);
  }

  async deleteTag(name: string, version: string, key: string): Promise<void> {
    await this.get(name, version);
    await this.db.run('DELETE FROM model_version_tags WHERE name = ? AND version = ? AND "key" = ?', name, Number(version), key);
  }

  async downloadUri(name: string, version: string): Promise<string> {
    const { source } = await this.get(name, version);
    const sql = "SELECT storage_location FROM model_versions WHERE name = ? AND version = ?";
    return (await this.db.get<{ storage_location: string | null }>(sql, name, Number(version)))?.storage_location || source;
  }

  private async writeTag(name: string, version: number, key: string, value: string): Promise<void> {
    const sql =
      'INSERT INTO model_version_tags ("key", value, name, version) VALUES (?, ?, ?, ?) ON CONFLICT ("key", name, version) DO UPDATE SET value = excluded.value';
    await this.db.run(sql, key, value, name, version);
  }

  private async toVersions(rows: readonly VersionRow[]): Promise<ModelVersion[]> {
    const versions: ModelVersion[] = [];
    for (const row of rows) versions.push(await this.toVersion(row));
    return versions;
  }

  private async toVersion(row: VersionRow): Promise<ModelVersion> {
    const { name, version } = row;
    const tags = await this.db.all<{ key: string; value: string | null }>(
      'SELECT "key", value FROM model_version_tags WHERE name = ? AND version = ? ORDER BY rowid',
      ...[name, version],
    );
    const aliases = await this.db.all<{ alias: string }>(
      "SELECT alias FROM registered_model_aliases WHERE name = ? AND version = ? ORDER BY alias",
      ...[name, version],
    );
    return {
      name,
      version: String(version),
      creationTime: row.creation_time,
      lastUpdateTime: row.last_updated_time,
      userId: row.user_id,
      stage: row.current_stage,
      description: row.description ?? "",
      source: row.source,
      runId: row.run_id ?? "",
      runLink: row.run_link ?? "",
      status: row.status,
      statusMessage: row.status_message,
      tags: keyed(tags.map(({ key, value }) => [key, value ?? ""])),
      aliases: aliases.map(({ alias }) => alias),
      modelId: /^models:\/(m-[0-9a-f]{32})$/.exec(row.source)?.[1] ?? null,
    };
  }
}

function toSql(clause: Clause<keyof typeof VERSION_FILTER>): Sql {
  if (clause.namespace === "attribute") return compare(`v.${COLUMNS[clause.key] ?? clause.key}`, clause.comparator, clause.value);
  const tag = keyedValue({ table: "model_version_tags", owner: "name" }, "v.name", clause);
  return { text: tag.text.replace("WHERE", "WHERE kv.version = v.version AND"), values: tag.values };
}
