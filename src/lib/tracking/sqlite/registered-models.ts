import { keyed } from "../keyed.js";
import { checkLength, checkModelTags, missingValue } from "../limits.js";
import { invalid, missing, MlflowError } from "../mlflow-error.js";
import type { Page, SearchQuery } from "../records.js";
import type { RegisteredModel } from "../registry-records.js";
import { parseFilter, parseOrder } from "../search/grammar.js";
import { MODEL_FILTER, MODEL_ORDER } from "../search/grammars.js";
import { checkMaxResults, parsePageToken, toPageToken } from "../search/page-token.js";
import { allOf, compare, keyedValue } from "./to-sql.js";
import type { Connection } from "./connection.js";
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

/** The registered models of a SQLite store. */
export class RegisteredModels {
  private readonly db: Connection;
  private readonly versions: ModelVersions;

  constructor(db: Connection, versions: ModelVersions) {
    this.db = db;
    this.versions = versions;
  }

  create({
    name,
    description = "",
    tags = {},
  }: {
    name: string;
    description?: string | undefined;
    tags?: Record<string, string>;
  }): RegisteredModel {
    checkModelName(name);
    checkModelTags(tags);
    this.db.transaction(() => {
      if (this.row(name)) throw new MlflowError("RESOURCE_ALREADY_EXISTS", `Registered Model (name=${name}) already exists.`);
      const now = Date.now();
      this.db.run("INSERT INTO registered_models VALUES (?, ?, ?, ?)", name, now, now, description);
      writeKeyed(this.db, TAGS, { name }, tags);
    });
    return this.get(name);
  }

  get(name: string): RegisteredModel {
    const row = this.row(name);
    if (!row) throw missing(`Registered Model with name=${name} not found`);
    return this.toModel(row);
  }

  describe(name: string, description: string): RegisteredModel {
    this.get(name);
    this.db.run("UPDATE registered_models SET description = ?, last_updated_time = ? WHERE name = ?", description, Date.now(), name);
    return this.get(name);
  }

  rename(name: string, newName: string): RegisteredModel {
    checkModelName(newName);
    this.db.transaction(() => {
      this.get(name);
      if (newName !== name && this.row(newName)) {
        throw new MlflowError("RESOURCE_ALREADY_EXISTS", `Registered Model (name=${newName}) already exists.`);
      }
      const now = Date.now();
      this.db.run("UPDATE registered_models SET name = ?, last_updated_time = ? WHERE name = ?", newName, now, name);
      this.db.run("UPDATE model_versions SET last_updated_time = ? WHERE name = ?", now, newName);
    });
    return this.get(newName);
  }

  delete(name: string): void {
    this.db.transaction(() => {
      this.get(name);
      for (const table of [
        "model_version_tags",
        "model_versions",
        "registered_model_aliases",
        "registered_model_tags",
        "registered_models",
      ]) {
        this.db.run(`DELETE FROM ${table} WHERE name = ?`, name);
      }
    });
  }

  search({ filter, orderBy, maxResults, pageToken }: SearchQuery): Page<RegisteredModel> {
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
    const hidden = clauses.some(({ key }) => key === PROMPT_TAG) ? "1" : hidePrompts.text;
    const order = parseOrder(orderBy, MODEL_ORDER).map(
      ({ key, ascending }) => `m.${ORDER_COLUMNS[key] ?? key} ${ascending ? "ASC" : "DESC"}`,
    );
    const rows = this.db.all<ModelRow>(
      `SELECT m.* FROM registered_models m WHERE ${where.text} AND ${hidden} ORDER BY ${[...order, "m.name ASC"].join(", ")} LIMIT ? OFFSET ?`,
      ...where.values,
      maxResults + 1,
      offset,
    );
    const items = rows.slice(0, maxResults).map((row) => this.toModel(row));
    return rows.length > maxResults ? { items, nextPageToken: toPageToken(offset + maxResults) } : { items };
  }

  setTag(name: string, key: string, value: string): void {
    checkModelTags({ [key]: value });
    this.get(name);
    writeKeyed(this.db, TAGS, { name }, { [key]: value });
  }

  deleteTag(name: string, key: string): void {
    this.get(name);
    this.db.run('DELETE FROM registered_model_tags WHERE name = ? AND "key" = ?', name, key);
  }

  setAlias(name: string, alias: string, version: string): void {
    checkAlias(alias);
    this.versions.get(name, version);
    this.db.run(
      "INSERT INTO registered_model_aliases (alias, version, name) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET version = excluded.version",
      ...[alias, Number(version), name],
    );
  }

  deleteAlias(name: string, alias: string): void {
    this.get(name);
    this.db.run("DELETE FROM registered_model_aliases WHERE name = ? AND alias = ?", name, alias);
  }

  /** The version an alias points to. */
  resolveAlias(name: string, alias: string): string {
    this.get(name);
    const row = this.db.get<{ version: number }>("SELECT version FROM registered_model_aliases WHERE name = ? AND alias = ?", name, alias);
    if (row) return String(row.version);
    throw invalid(`Registered model alias ${alias} not found.`);
  }

  private row(name: string): ModelRow | undefined {
    return this.db.get<ModelRow>("SELECT * FROM registered_models WHERE name = ?", name);
  }

  private toModel(row: ModelRow): RegisteredModel {
    const aliases = this.db.all<{ alias: string; version: number }>(
      "SELECT alias, version FROM registered_model_aliases WHERE name = ? ORDER BY alias",
      row.name,
    );
    return {
      name: row.name,
      creationTime: row.creation_time,
      lastUpdateTime: row.last_updated_time,
      description: row.description ?? "",
      tags: readKeyed(this.db, TAGS, [row.name]).get(row.name) ?? {},
      aliases: keyed(aliases.map(({ alias, version }) => [alias, String(version)])),
      latestVersions: this.versions.latest(row.name, []).map((version) => ({ ...version, aliases: [] })),
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
