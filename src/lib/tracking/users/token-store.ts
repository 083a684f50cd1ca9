import { createHash, randomBytes } from "node:crypto";
import { invalid, missing, MlflowError } from "../mlflow-error.js";
import type { User, UserToken } from "./user-records.js";
import type { UserStore } from "./user-store.js";
import type { UsersDatabase } from "./users-database.js";

const LONGEST_NAME = 100;
const PREFIX = "llmops-user-";

interface TokenRow {
  id: string;
  username: string;
  name: string;
  created_at: number;
  expires_at: number | null;
}

/** Tokens by which programs act as a user: kept as hashes, under names, each for itself revoked. */
export class TokenStore {
  private readonly db: UsersDatabase;
  private readonly users: UserStore;

  constructor(db: UsersDatabase, users: UserStore) {
    this.db = db;
    this.users = users;
  }

  /** The token itself is only in what this returns. Throws RESOURCE_ALREADY_EXISTS, INVALID_PARAMETER_VALUE. */
  create(username: string, { name, expiresAt }: { name: string; expiresAt: number | null }): { token: string; stored: UserToken } {
    checkName(name);
    const createdAt = Date.now();
    if (expiresAt !== null && expiresAt <= createdAt)
      throw invalid(`The token would have expired already: ${new Date(expiresAt).toISOString()}.`);
    const token = PREFIX + randomBytes(32).toString("base64url");
    const stored = { id: randomBytes(8).toString("hex"), username, name, createdAt, expiresAt };
    this.db.transaction(() => {
      const user = this.users.get(username);
      if (this.list(username).some((one) => one.name === name))
        throw new MlflowError(
          "RESOURCE_ALREADY_EXISTS",
          `${username} has a token named ${name} already. Revoke it, or choose another name.`,
        );
      this.db.run(
        "INSERT INTO llmops_user_tokens (id, user_id, username, name, digest, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
        ...[stored.id, user.id, username, name, digestOf(token), createdAt, expiresAt],
      );
    });
    return { token, stored };
  }

  /** Tokens of a user, also those that have expired. */
  list(username: string): UserToken[] {
    const { id } = this.users.get(username);
    const rows = this.db.all<TokenRow>("SELECT * FROM llmops_user_tokens WHERE user_id = ? AND username = ? ORDER BY name", id, username);
    return rows.map((row) => ({ id: row.id, username, name: row.name, createdAt: row.created_at, expiresAt: row.expires_at }));
  }

  /** By name or id. Throws RESOURCE_DOES_NOT_EXIST. */
  revoke(username: string, nameOrId: string): void {
    const found = this.list(username).find(({ id, name }) => id === nameOrId || name === nameOrId);
    if (!found) throw missing(`${username} has no token named ${nameOrId}.`);
    this.db.run("DELETE FROM llmops_user_tokens WHERE id = ?", found.id);
  }

  /**
   * Whose token it is; undefined for one that was revoked or has expired. A user's id may be given again once another program has deleted
   * the user: the name has to be the same too.
   */
  ownerOf(token: string): User | undefined {
    const sql = "SELECT username, expires_at, user_id FROM llmops_user_tokens WHERE digest = ?";
    const row = this.db.get<TokenRow & { user_id: number }>(sql, digestOf(token));
    if (!row || (row.expires_at !== null && row.expires_at <= Date.now())) return undefined;
    const user = this.users.find(row.username);
    return user?.id === row.user_id ? user : undefined;
  }
}

/** Tokens have 256 random bits, so a fast hash is enough: there is nothing to guess. */
function digestOf(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}

function checkName(name: string): void {
  if (name.trim() !== "" && name.length <= LONGEST_NAME && !/\p{C}/u.test(name)) return;
  throw invalid(`Invalid token name ${JSON.stringify(name.slice(0, LONGEST_NAME))}: it must have 1 to ${LONGEST_NAME} visible characters.`);
}
