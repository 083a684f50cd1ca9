import type { Guarded, Permission } from "./permissions.js";

/** Somebody who may use a server. */
export interface User {
  id: number;
  username: string;
  isAdmin: boolean;
}

/** What a user may do with one experiment or registered model; what is not granted is as the server's default says. */
export interface Grant {
  kind: Guarded;
  /** The experiment's id, or the model's name. */
  object: string;
  userId: number;
  permission: Permission;
}

/** A token of a user, without what it is recognized by. */
export interface UserToken {
  id: string;
  username: string;
  name: string;
  createdAt: number;
  /** Null where it holds until it is revoked. */
  expiresAt: number | null;
}
