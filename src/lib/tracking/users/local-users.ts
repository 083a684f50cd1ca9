import { GrantStore } from "./grant-store.js";
import { hashPassword } from "./password-hash.js";
import type { Guarded, Permission } from "./permissions.js";
import { TokenStore } from "./token-store.js";
import type { UserAdmin, UserWithGrants } from "./user-admin.js";
import type { UserToken } from "./user-records.js";
import { checkPassword, UserStore } from "./user-store.js";
import { UsersDatabase } from "./users-database.js";

/** Users in a database of this machine; a server that uses it hears of changes with the next request. */
export class LocalUsers implements UserAdmin {
  readonly place: string;
  private readonly db: UsersDatabase;
  private readonly users: UserStore;
  private readonly grants: GrantStore;
  private readonly store: TokenStore;

  /** Throws STORE_NOT_FOUND where there are no users yet. */
  constructor(path: string) {
    this.place = path;
    this.db = new UsersDatabase(path, { create: false });
    this.users = new UserStore(this.db);
    this.grants = new GrantStore(this.db, this.users);
    this.store = new TokenStore(this.db, this.users);
  }

  list(): Promise<UserWithGrants[]> {
    const all = this.users.list().map((user) => {
      const grants = [...this.grants.list("experiment", user.id), ...this.grants.list("model", user.id)];
      return { ...user, grants: grants.map(({ kind, object, permission }) => ({ kind, object, permission })) };
    });
    return Promise.resolve(all);
  }

  async create(username: string, password: string): Promise<void> {
    checkPassword(password);
    this.users.create({ username, passwordHash: await hashPassword(password) });
  }

  async delete(username: string): Promise<void> {
    return Promise.resolve(this.users.delete(username));
  }

  async setPassword(username: string, password: string): Promise<void> {
    checkPassword(password);
    this.users.setPassword(username, await hashPassword(password));
  }

  async setAdmin(username: string, isAdmin: boolean): Promise<void> {
    return Promise.resolve(this.users.setAdmin(username, isAdmin));
  }

  async grant(kind: Guarded, object: string, username: string, permission: Permission): Promise<void> {
    const known = this.grants.find(kind, object, this.users.get(username).id);
    if (known) this.grants.update(kind, object, username, permission);
    else this.grants.create(kind, object, username, permission);
    return Promise.resolve();
  }

  async revoke(kind: Guarded, object: string, username: string): Promise<void> {
    return Promise.resolve(this.grants.delete(kind, object, username));
  }

  async createToken(username: string, token: { name: string; expiresAt: number | null }): Promise<{ token: string; stored: UserToken }> {
    return Promise.resolve(this.store.create(username, token));
  }

  async tokens(username: string): Promise<UserToken[]> {
    return Promise.resolve(this.store.list(username));
  }

  async revokeToken(username: string, nameOrId: string): Promise<void> {
    return Promise.resolve(this.store.revoke(username, nameOrId));
  }

  async close(): Promise<void> {
    return Promise.resolve(this.db.close());
  }
}
