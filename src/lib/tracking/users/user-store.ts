import { invalid, missing, MlflowError } from "../mlflow-error.js";
import type { User } from "./user-records.js";
import type { UsersDatabase } from "./users-database.js";

const LONGEST_NAME = 255;
const SHORTEST_PASSWORD = 12;

interface UserRow {
  id: number;
  username: string;
  password_hash: string | null;
  is_admin: number | null;
}

/** The users of a server. Names that are not there throw RESOURCE_DOES_NOT_EXIST. */
export class UserStore {
  private readonly db: UsersDatabase;

  constructor(db: UsersDatabase) {
    this.db = db;
  }

  list(): User[] {
    return this.db.all<UserRow>("SELECT * FROM users ORDER BY username").map(toUser);
  }

  find(username: string): User | undefined {
    const row = this.row(username);
    return row && toUser(row);
  }

  get(username: string): User {
    const found = this.find(username);
    if (found) return found;
    throw missing(`User with username=${username} not found`);
  }

  /** What a password is checked against; undefined for a user who is not there, null for one who has no password. */
  passwordHash(username: string): string | null | undefined {
    return this.row(username)?.password_hash;
  }

  /** Throws RESOURCE_ALREADY_EXISTS, and INVALID_PARAMETER_VALUE for a name that nobody could sign in with. */
  create({ username, passwordHash, isAdmin = false }: { username: string; passwordHash: string | null; isAdmin?: boolean }): User {
    checkUsername(username);
    return this.db.transaction(() => {
      if (this.find(username)) throw new MlflowError("RESOURCE_ALREADY_EXISTS", `User (username=${username}) already exists.`);
      this.db.run("INSERT INTO users (username, password_hash, is_admin) VALUES (?, ?, ?)", username, passwordHash, isAdmin ? 1 : 0);
      return this.get(username);
    });
  }

  setPassword(username: string, passwordHash: string): void {
    const { id } = this.get(username);
    this.db.run("UPDATE users SET password_hash = ? WHERE id = ?", passwordHash, id);
  }

  /** Throws BAD_REQUEST where nobody would be left to administer the server. */
  setAdmin(username: string, isAdmin: boolean): void {
    this.db.transaction(() => {
      const user = this.get(username);
      if (!isAdmin) this.requireOther(user, "no longer be an admin");
      this.db.run("UPDATE users SET is_admin = ? WHERE id = ?", isAdmin ? 1 : 0, user.id);
    });
  }

  /** Deletes a user with all that was granted, and the tokens. Throws BAD_REQUEST for the last admin. */
  delete(username: string): void {
    this.db.transaction(() => {
      const user = this.get(username);
      this.requireOther(user, "be deleted");
      for (const table of ["experiment_permissions", "registered_model_permissions", "llmops_user_tokens"])
        this.db.run(`DELETE FROM ${table} WHERE user_id = ?`, user.id);
      this.db.run("DELETE FROM users WHERE id = ?", user.id);
    });
  }

  private row(username: string): UserRow | undefined {
    return this.db.get<UserRow>("SELECT * FROM users WHERE username = ?", username);
  }

  private requireOther(user: User, what: string): void {
    if (!user.isAdmin || this.list().some(({ id, isAdmin }) => isAdmin && id !== user.id)) return;
    throw new MlflowError("BAD_REQUEST", `${user.username} is the only admin and cannot ${what}. Make another user an admin first.`);
  }
}

/** Throws INVALID_PARAMETER_VALUE for a password that MLflow would not take either. */
export function checkPassword(password: string): void {
  if (password.length >= SHORTEST_PASSWORD) return;
  throw invalid(`The password has ${password.length} characters. It must have ${SHORTEST_PASSWORD} or more.`);
}

function checkUsername(username: string): void {
  const isShown = username.trim() === username && username !== "" && username.length <= LONGEST_NAME && !/\p{C}/u.test(username);
  if (isShown && !/[:,]/.test(username)) return;
  throw invalid(
    `Invalid username ${JSON.stringify(username.slice(0, LONGEST_NAME))}: it must have 1 to ${LONGEST_NAME} visible characters, ` +
      "no colon and no comma, and no spaces at its ends.",
  );
}

function toUser({ id, username, is_admin: isAdmin }: UserRow): User {
  return { id, username, isAdmin: isAdmin === 1 };
}
