import { dirname, join, resolve } from "node:path";
import { mlflowConnection } from "../base/config/mlflow-environment.js";
import { LlmopsError } from "../base/errors/llmops-error.js";
import { databasePathOf } from "./open-local-store.js";
import { isPostgresUri } from "./postgres-uri.js";
import { LocalUsers } from "./users/local-users.js";
import type { UserAdmin } from "./users/user-admin.js";

const DATABASE = "basic_auth.db";

/** The users of a store: by its server, or in a database of this machine. Throws STORE_NOT_FOUND where there are none yet. */
export async function openUserAdmin(store: string, database?: string): Promise<UserAdmin> {
  if (database !== undefined || !/^https?:\/\//i.test(store)) return new LocalUsers(usersPath(database, store));
  const { RestUsers } = await import("./rest/rest-users.js"); // with its HTTP client it is slow to load
  return new RestUsers(new URL(store), mlflowConnection());
}

/** The database of a store's users: the named one, a file or sqlite:///FILE, or the one beside the store. Throws INVALID_ARGUMENT for PostgreSQL, which has no such place. */
export function usersPath(named: string | undefined, store: string): string {
  if (named === undefined && isPostgresUri(store)) {
    throw new LlmopsError("INVALID_ARGUMENT", "A store in PostgreSQL has no folder for the database of its users.", {
      hint: "Name the file with --users, the same one each time.",
    });
  }
  if (named === undefined) return join(dirname(databasePathOf(store)), DATABASE);
  return resolve(/^sqlite:\/\/\/(.+)$/.exec(named)?.[1] ?? named);
}
