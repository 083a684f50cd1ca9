import { keyed } from "../keyed.js";
import { checkLength, checkModelTags, missingValue } from "../limits.js";
import { invalid, missing, MlflowError } from "../mlflow-error.js";
import type { Page, SearchQuery } from "../records.js";
import type { RegisteredModel } from "../registry-records.js";
import { parseFilter, parseOrder } from "../search/grammar.js";
import { MODEL_FILTER, MODEL_ORDER } from "../search/grammars.js";
import { checkMaxResults, parsePageToken, toPageToken } from "../search/page-token.js";
import { allOf, compare, keyedValue } from "./to-sql.js";
import { lockRow, type Connection } from "./connection.js";
import { readKeyed, writeKeyed } from "./keyed-values.js";
import type { ModelVersions } from "./model-versions.js";
import { PROMPT_TAG } from "../mlflow-tags.js";

interface ModelRow {
  name: string;
  creation_time: number;
  last_updated_time: number;
  description: string | null;
}

const TAGS = { table: "registered_model_tags", owner: "name" };
const MAX_RESULTS = 1000;
/** MLflow keeps prompts as registered models and hides them from a search that does not ask for them. */
const ORDER_COLUMNS: Record<string, string> = { creation_timestamp: "creation_time", last_updated_timestamp: "last_updated_time" };

/** The registered models of a store. */
export class RegisteredModels {
  private readonly db: Connection;
  private readonly versions: ModelVersions;

  constructor(db: Connection, versions: ModelVersions) {
    this.db = db;
    this.versions = versions;
  }

  async create({
    name,
    description = "",
    tags = {},
  }: {
    name: string;
    description?: string | undefined;
    tags?: Record<string, string>;
  }): Promise<RegisteredModel> {
    checkModelName(name);
    checkModelTags(tags);
    await this.db.transaction(async () => {
      if (await this.row(name)) throw new MlflowError("RESOURCE_ALREADY_EXISTS", `Registered Model (name=${name}) already exists.`);
      const now = Date.now();
      await this.db.run("INSERT INTO registered_models VALUES (?, ?, ?, ?)", name, now, now, description);
      await writeKeyed(this.db, TAGS, { name }, tags);
    });
    return this.get(name);
  }

  async get(name: string): Promise<RegisteredModel> {
    const row = await this.row(name);
    if (!row) throw missing(`Registered Model with name=${name} not found`);
    return this.toModel(row);
  }

  async describe(name: string, description: string): Promise<RegisteredModel> {
    await this.get(name);
    await this.db.run("UPDATE registered_models SET description = ?, last_updated_time = ? WHERE name = ?", description, Date.now(), name);
    return this.get(name);
  }

  async rename(name: string, newName: string): Promise<RegisteredModel> {
    checkModelName(newName);
    await this.db.transaction(async () => {
      await this.get(name);
      if (newName !== name && (await this.row(newName))) {
        throw new MlflowError("RESOURCE_ALREADY_EXISTS", `Registered Model (name=${newName}) already exists.`);
      }
      const now = Date.now();
      await this.db.run("UPDATE registered_models SET name = ?, last_updated_time = ? WHERE name = ?", newName, now, name);
      await this.db.run("UPDATE model_versions SET last_updated_time = ? WHERE name = ?", now, newName);
    });
    return this.get(newName);
  }

  async delete(name: string): Promise<void> {
    await this.db.transaction(async () => {
      await lockRow(this.db, "registered_models", "name", name);
      await this.get(name);
      for (const table of [
        "model_version_tags",
        "model_versions",
        "registered_model_aliases",
        "registered_model_tags",
        "registered_models",
      ]) {
        await this.db.run(`DELETE FROM ${table} WHERE name = ?`, name);
      }
    });
  }

  async search({ filter, orderBy, maxResults, pageToken }: SearchQuery): Promise<Page<RegisteredModel>> {
    checkMaxResults(maxResults, MAX_RESULTS);
    const offset = parsePageToken(pageToken);
    const clauses = parseFilter(filter, MODEL_FILTER);
    const where = allOf(
      clauses.map((clause) => {
        if (clause.namespace === "attribute") return compare(`m.${clause.key}`, clause.comparator, clause.value);
        if (clause.key !== PROMPT_TAG || clause.comparator !== "!=") return keyedValue(TAGS, "m.name", clause);
        return hidePrompts;
      }),
    );
    const hidden = clauses.some(({ key }) => key === PROMPT_TAG) ? "TRUE" : hidePrompts.text;
    const order = parseOrder(orderBy, MODEL_ORDER).map(
      ({ key, ascending }) => `m.${ORDER_COLUMNS[key] ?? key} ${ascending ? "ASC" : "DESC"}`,
    );
    const rows = await this.db.all<ModelRow>(
      `SELECT m.* FROM registered_models m WHERE ${where.text} AND ${hidden} ORDER BY ${[...order, "m.name ASC"].join(", ")} LIMIT ? OFFSET ?`,
      ...where.values,
      maxResults + 1,
      offset,
    );
    const items: RegisteredModel[] = [];
    for (const row of rows.slice(0, maxResults)) items.push(await this.toModel(row));
    return rows.length > maxResults ? { items, nextPageToken: toPageToken(offset + maxResults) } : { items };
  }

  async setTag(name: string, key: string, value: string): Promise<void> {
    checkModelTags({ [key]: value });
    await this.get(name);
    await writeKeyed(this.db, TAGS, { name }, { [key]: value });
  }

  async deleteTag(name: string, key: string): Promise<void> {
    await this.get(name);
    await this.db.run('DELETE FROM registered_model_tags WHERE name = ? AND "key" = ?', name, key);
  }

  async setAlias(name: string, alias: string, version: string): Promise<void> {
    checkAlias(alias);
    await this.db.transaction(async () => {
      await lockRow(this.db, "registered_models", "name", name);
      await this.versions.get(name, version);
      await this.db.run(
        `INSERT INTO registered_model_aliases (alias, version, name) VALUES (?, ?, ?)
         ON CONFLICT (name, alias) DO UPDATE SET version = excluded.version`,
        ...[alias, Number(version), name],
      );
    });
  }

  async deleteAlias(name: string, alias: string): Promise<void> {
    await this.get(name);
    await this.db.run("DELETE FROM registered_model_aliases WHERE name = ? AND alias = ?", name, alias);
  }

  /** The version an alias points to. */
  async resolveAlias(name: string, alias: string): Promise<string> {
    await this.get(name);
    const row = await this.db.get<{ version: number }>(
      "SELECT version FROM registered_model_aliases WHERE name = ? AND alias = ?",
      name,
      alias,
    );
    if (row) return String(row.version);
    throw invalid(`Registered model alias ${alias} not found.`);
  }

  private async row(name: string): Promise<ModelRow | undefined> {
    return this.db.get<ModelRow>("SELECT * FROM registered_models WHERE name = ?", name);
  }

  private async toModel(row: ModelRow): Promise<RegisteredModel> {
    const aliases = await this.db.all<{ alias: string; version: number }>(
      "SELECT alias, version FROM registered_model_aliases WHERE name = ? ORDER BY alias",
      row.name,
    );
    return {
      name: row.name,
      creationTime: row.creation_time,
      lastUpdateTime: row.last_updated_time,
      description: row.description ?? "",
      tags: (await readKeyed(this.db, TAGS, [row.name])).get(row.name) ?? {},
      aliases: keyed(aliases.map(({ alias, version }) => [alias, String(version)])),
      latestVersions: (await this.versions.latest(row.name, [])).map((version) => ({ ...version, aliases: [] })),
    };
  }
}

const hidePrompts = {
  text: `NOT EXISTS (SELECT 1 FROM registered_model_tags kv WHERE kv.name = m.name AND kv."key" = '${PROMPT_TAG}' AND kv.value = 'true')`,
  values: [],
};

function checkModelName(name: string): void {
  if (name === "") throw missingValue("name");
  checkLength("name", name, 256);
}

function checkAlias(alias: string): void {
  if (alias === "") throw missingValue("alias");
  checkLength("alias", alias, 255);
  if (!/^[\w-]+$/.test(alias))
    throw invalid(`Invalid alias name: '${alias}'. It may only hold alphanumerics, underscores (_) and dashes (-).`);
  if (/^latest$/i.test(alias)) throw invalid("'latest' alias name (case insensitive) is reserved.");
  if (/^v\d+$/i.test(alias)) throw invalid(`Version alias name '${alias}' is reserved.`);
}
