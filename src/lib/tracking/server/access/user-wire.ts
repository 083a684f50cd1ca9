import type { Grant, User, UserToken } from "../../users/user-records.js";
import type { UserAccess } from "./user-access.js";

/** A user with what was granted, as MLflow's API has it. */
export function userToWire({ grants }: Pick<UserAccess, "grants">, { id, username, isAdmin }: User): object {
  return {
    ...{ id, username, is_admin: isAdmin },
    experiment_permissions: grants.list("experiment", id).map(grantToWire),
    registered_model_permissions: grants.list("model", id).map(grantToWire),
  };
}

export function grantToWire({ kind, object, userId, permission }: Grant): object {
  return { [kind === "experiment" ? "experiment_id" : "name"]: object, user_id: userId, permission };
}

export function tokenToWire({ id, username, name, createdAt, expiresAt }: UserToken): object {
  return { id, username, name, created_at: createdAt, expires_at: expiresAt };
}
