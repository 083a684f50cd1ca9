import { toPermission, type Guarded } from "../../users/permissions.js";
import { checkPassword } from "../../users/user-store.js";
import { hashPassword } from "../../users/password-hash.js";
import type { User } from "../../users/user-records.js";
import { invalid } from "../../mlflow-error.js";
import { missingValue } from "../../limits.js";
import type { Handler, Routes } from "../api.js";
import type { Fields } from "../fields.js";
import { denied, type Caller } from "./caller.js";
import type { UserAccess } from "./user-access.js";
import { grantToWire, tokenToWire, userToWire } from "./user-wire.js";

/** Users: MLflow's REST API 2.0, and a list, which it has not. */
export function userRoutes(access: UserAccess): Routes {
  const { users } = access;
  const base = "2.0/mlflow/users";
  const username = (fields: Fields) => fields.requiredText("username");
  return {
    [`POST ${base}/create`]: async (fields) => ({ user: userToWire(access, await createUser(access, fields)) }),
    [`GET ${base}/get`]: (fields, { request }) => ({ user: userToWire(access, users.get(nameIn(fields, request.caller))) }),
    [`PATCH ${base}/update-password`]: async (fields) => {
      const password = fields.requiredText("password");
      checkPassword(password);
      users.get(username(fields));
      users.setPassword(username(fields), await hashPassword(password));
      return {};
    },
    [`PATCH ${base}/update-admin`]: (fields) => {
      const isAdmin = fields.boolean("is_admin");
      if (isAdmin === undefined) throw missingValue("is_admin");
      users.setAdmin(username(fields), isAdmin);
      return {};
    },
    [`DELETE ${base}/delete`]: (fields) => {
      users.delete(username(fields));
      return {};
    },
    "GET llmops/1/users": () => ({ users: users.list().map((user) => userToWire(access, user)) }),
    "GET llmops/1/users/me": (_fields, { request }) => ({ user: userToWire(access, callerOf(request.caller).user) }),
  };
}

/** Makes a user as a request asks for it, who is no admin yet. Throws INVALID_PARAMETER_VALUE, RESOURCE_ALREADY_EXISTS. */
export async function createUser({ users }: UserAccess, fields: Fields): Promise<User> {
  const [username, password] = [fields.text("username") ?? "", fields.text("password") ?? ""];
  if (username === "" || password === "") throw invalid("Username and password cannot be empty.");
  checkPassword(password);
  return users.create({ username, passwordHash: await hashPassword(password) });
}

/** Tokens by which programs act as a user. */
export function tokenRoutes({ tokens }: UserAccess): Routes {
  const base = "llmops/1/users/tokens";
  return {
    [`GET ${base}`]: (fields, { request }) => ({ tokens: tokens.list(nameIn(fields, request.caller)).map(tokenToWire) }),
    [`POST ${base}/create`]: (fields, { request }) => {
      const asked = { name: fields.requiredText("name"), expiresAt: fields.time("expires_at") ?? null };
      const { token, stored } = tokens.create(nameIn(fields, request.caller), asked);
      return { token, ...tokenToWire(stored) };
    },
    [`DELETE ${base}/delete`]: (fields, { request }) => {
      tokens.revoke(nameIn(fields, request.caller), fields.requiredText("name"));
      return {};
    },
  };
}

/** Permissions on experiments and registered models: MLflow's REST API 2.0. */
export function permissionRoutes(access: UserAccess): Routes {
  const experiments = grantRoutes(access, "experiment", (fields) => fields.requiredId("experiment_id"));
  return { ...experiments, ...grantRoutes(access, "model", (fields) => fields.requiredText("name")) };
}

function grantRoutes({ grants }: UserAccess, kind: Guarded, object: (fields: Fields) => string): Routes {
  const base = `2.0/mlflow/${kind === "experiment" ? "experiments" : "registered-models"}/permissions`;
  const answered = kind === "experiment" ? "experiment_permission" : "registered_model_permission";
  const username = (fields: Fields) => fields.requiredText("username");
  const permission = (fields: Fields) => toPermission(fields.requiredText("permission"));
  const of = (fields: Fields) => [kind, object(fields), username(fields)] as const;
  const done = (change: (fields: Fields) => void): Handler => {
    return (fields) => {
      change(fields);
      return {};
    };
  };
  return {
    [`POST ${base}/create`]: (fields) => ({ [answered]: grantToWire(grants.create(...of(fields), permission(fields))) }),
    [`GET ${base}/get`]: (fields) => ({ [answered]: grantToWire(grants.get(...of(fields))) }),
    [`PATCH ${base}/update`]: done((fields) => grants.update(...of(fields), permission(fields))),
    [`DELETE ${base}/delete`]: done((fields) => grants.delete(...of(fields))),
  };
}

/** Whom a request is about: the caller, where it names nobody. */
function nameIn(fields: Fields, caller: Caller | undefined): string {
  return fields.text("username") ?? callerOf(caller).name;
}

function callerOf(caller: Caller | undefined): Caller {
  if (caller) return caller;
  throw denied("Nobody is signed in.");
}
