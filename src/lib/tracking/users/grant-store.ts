import { missing, MlflowError } from "../mlflow-error.js";
import type { Guarded, Permission } from "./permissions.js";
import type { Grant } from "./user-records.js";
import type { UserStore } from "./user-store.js";
import type { UsersDatabase } from "./users-database.js";

/** Where grants of a kind are, and what MLflow's messages call them. */
const KINDS = {
  experiment: { table: "experiment_permissions", column: "experiment_id", called: "Experiment permission" },
  model: { table: "registered_model_permissions", column: "name", called: "Registered model permission" },
} as const satisfies Record<Guarded, object>;

interface GrantRow {
  object: string;
  user_id: number;
  permission: Permission;
}

/** What users were granted. What was not granted throws RESOURCE_DOES_NOT_EXIST, and so do users who are not there. */
export class GrantStore {
  private readonly db: UsersDatabase;
  private readonly users: UserStore;

  constructor(db: UsersDatabase, users: UserStore) {
    this.db = db;
    this.users = users;
  }

  /** All that a user was granted of a kind. */
  list(kind: Guarded, userId: number): Grant[] {
    const { table, column } = KINDS[kind];
    const rows = this.db.all<GrantRow>(
      `SELECT ${column} AS object, user_id, permission FROM ${table} WHERE user_id = ? ORDER BY ${column}`,
      userId,
    );
    return rows.map((row) => toGrant(kind, row));
  }

  find(kind: Guarded, given: string, userId: number): Grant | undefined {
    const object = canonical(kind, given);
    const { table, column } = KINDS[kind];
    const sql = `SELECT ${column} AS object, user_id, permission FROM ${table} WHERE ${column} = ? AND user_id = ?`;
    const row = this.db.get<GrantRow>(sql, object, userId);
    return row && toGrant(kind, row);
  }

  get(kind: Guarded, object: string, username: string): Grant {
    const found = this.find(kind, object, this.users.get(username).id);
    if (found) return found;
    throw missing(`${KINDS[kind].called} with ${describe(kind, object, username)} not found`);
  }

  /** Throws RESOURCE_ALREADY_EXISTS. */
  create(kind: Guarded, object: string, username: string, permission: Permission): Grant {
    return this.db.transaction(() => {
      const { id } = this.users.get(username);
      if (this.find(kind, object, id)) {
        const { called } = KINDS[kind];
        const message = `${called} (${describe(kind, object, username, ", ")}) already exists.`;
        throw new MlflowError("RESOURCE_ALREADY_EXISTS", message);
      }
      this.insert(kind, object, id, permission);
      return this.get(kind, object, username);
    });
  }

  update(kind: Guarded, object: string, username: string, permission: Permission): void {
    const { table, column } = KINDS[kind];
    this.db.transaction(() => {
      const { userId } = this.get(kind, object, username);
      this.db.run(`UPDATE ${table} SET permission = ? WHERE ${column} = ? AND user_id = ?`, permission, canonical(kind, object), userId);
    });
  }

  delete(kind: Guarded, object: string, username: string): void {
    const { table, column } = KINDS[kind];
    this.db.transaction(() => {
      const { userId } = this.get(kind, object, username);
      this.db.run(`DELETE FROM ${table} WHERE ${column} = ? AND user_id = ?`, canonical(kind, object), userId);
    });
  }

  /** Whoever made something manages it; what was granted of one that had the same id or name before is forgotten. */
  claim(kind: Guarded, object: string, userId: number): void {
    this.db.transaction(() => {
      this.forget(kind, object);
      this.insert(kind, object, userId, "MANAGE");
    });
  }

  /** Forgets what all users were granted of something that is gone. */
  forget(kind: Guarded, object: string): void {
    const { table, column } = KINDS[kind];
    this.db.run(`DELETE FROM ${table} WHERE ${column} = ?`, canonical(kind, object));
  }

  /** What was granted of something holds under its new name. */
  rename(kind: Guarded, object: string, newName: string): void {
    const { table, column } = KINDS[kind];
    this.db.transaction(() => {
      if (object !== newName) this.forget(kind, newName);
      this.db.run(`UPDATE ${table} SET ${column} = ? WHERE ${column} = ?`, newName, object);
    });
  }

  private insert(kind: Guarded, object: string, userId: number, permission: Permission): void {
    const { table, column } = KINDS[kind];
    this.db.run(`INSERT INTO ${table} (${column}, user_id, permission) VALUES (?, ?, ?)`, canonical(kind, object), userId, permission);
  }
}

/** Stores take 07 for experiment 7: both are one and the same here too. */
export function canonical(kind: Guarded, object: string): string {
  return kind === "experiment" && /^0\d*$/.test(object) ? object.replace(/^0+(?=\d)/, "") : object;
}

function describe(kind: Guarded, object: string, username: string, between = " and "): string {
  return `${KINDS[kind].column}=${object}${between}username=${username}`;
}

function toGrant(kind: Guarded, { object, user_id: userId, permission }: GrantRow): Grant {
  return { kind, object, userId, permission };
}
