import type { Guarded, Permission } from "./permissions.js";
import type { User, UserToken } from "./user-records.js";

/** A user with all that was granted. */
export interface UserWithGrants extends User {
  grants: { kind: Guarded; object: string; permission: Permission }[];
}

/** Users as their admin changes them: in their database, or by a server. Names that are not there throw RESOURCE_DOES_NOT_EXIST. */
export interface UserAdmin {
  /** The database, or the server. */
  readonly place: string;
  list(): Promise<UserWithGrants[]>;
  create(username: string, password: string): Promise<void>;
  delete(username: string): Promise<void>;
  setPassword(username: string, password: string): Promise<void>;
  setAdmin(username: string, isAdmin: boolean): Promise<void>;
  /** In place of what was granted before. */
  grant(kind: Guarded, object: string, username: string, permission: Permission): Promise<void>;
  revoke(kind: Guarded, object: string, username: string): Promise<void>;
  createToken(username: string, token: { name: string; expiresAt: number | null }): Promise<{ token: string; stored: UserToken }>;
  tokens(username: string): Promise<UserToken[]>;
  revokeToken(username: string, nameOrId: string): Promise<void>;
  close(): Promise<void>;
}
