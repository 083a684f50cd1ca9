import type { Connection } from "./connection.js";
import { Experiments } from "./experiments.js";
import { LoggedModels } from "./logged-models.js";
import { ModelVersions } from "./model-versions.js";
import { RegisteredModels } from "./registered-models.js";
import { Runs } from "./runs.js";
import type { SqlDatabase } from "./sql-database.js";
import { Traces } from "./traces.js";

/** How a store keeps what it is given. */
export interface KeepingRules {
  /** Cut values that are too long, as MLflow does, instead of refusing them. */
  truncate: boolean;
  /** The URI below which new experiments have their artifacts. */
  defaultRoot: string;
}

/** What there is in a store, over one connection. */
export class SqlParts {
  readonly db: Connection;
  readonly experiments: Experiments;
  readonly runs: Runs;
  readonly traces: Traces;
  readonly loggedModels: LoggedModels;
  readonly versions: ModelVersions;
  readonly models: RegisteredModels;

  constructor(db: Connection, rules: KeepingRules) {
    this.db = db;
    this.experiments = new Experiments(db, rules.defaultRoot);
    this.runs = new Runs(db, this.experiments, rules);
    this.traces = new Traces(db, this.experiments);
    this.loggedModels = new LoggedModels(db, this.experiments);
    this.versions = new ModelVersions(db);
    this.models = new RegisteredModels(db, this.versions);
  }
}

/** The parts of a store for each connection of its database. */
export class SqlSessions {
  readonly database: SqlDatabase;
  private readonly rules: KeepingRules;
  private readonly parts = new WeakMap<Connection, SqlParts>();

  constructor(database: SqlDatabase, rules: KeepingRules) {
    this.database = database;
    this.rules = rules;
  }

  /** Does work with parts whose connection nobody else uses meanwhile. */
  async use<T>(work: (parts: SqlParts) => Promise<T>): Promise<T> {
    return this.database.use(async (db) => work(this.of(db)));
  }

  private of(db: Connection): SqlParts {
    const known = this.parts.get(db) ?? new SqlParts(db, this.rules);
    this.parts.set(db, known);
    return known;
  }
}
