import { Flags, type Interfaces } from "@oclif/core";
import type { UsersOptions } from "../../app/tracking/users/open-users.js";
import { LlmopsError } from "../../lib/base/errors/llmops-error.js";
import { PERMISSIONS } from "../../lib/tracking/users/permissions.js";
import { toList } from "./flag-lists.js";

/** What is about users alone. */
const ABOUT_USERS = ["users", "default-permission", "trusted-user-header", "trusted-proxies", "audit-log"] as const;

/** The flags of `mlflow server` with users. */
export const serverUsersFlags = {
  "app-name": Flags.option({
    options: ["basic-auth"] as const,
    description: "basic-auth: everybody signs in as a user who has permissions, as in MLflow",
  })(),
  users: Flags.string({
    helpValue: "FILE",
    description: "database of the users, for --app-name basic-auth [default: basic_auth.db beside the store's database]",
  }),
  "auth-config": Flags.string({
    env: "MLFLOW_AUTH_CONFIG_PATH",
    helpValue: "FILE",
    description: "MLflow's basic_auth.ini, for --app-name basic-auth",
  }),
  "default-permission": Flags.option({
    options: PERMISSIONS,
    description: "what every user may do with what was not granted [default: READ]",
  })(),
  "trusted-user-header": Flags.string({
    helpValue: "NAME",
    dependsOn: ["trusted-proxies"],
    description: "header in which a proxy that has signed somebody in says who it is, such as X-Forwarded-User",
  }),
  "trusted-proxies": Flags.string({
    helpValue: "LIST",
    dependsOn: ["trusted-user-header"],
    description: "comma-separated addresses or networks of that proxy; the header of others is ignored",
  }),
  "audit-log": Flags.string({ helpValue: "FILE", description: "file that gets a line of JSON for each change: who changed what" }),
};

/** How the server has users, if it has them. Throws INVALID_ARGUMENT for flags about users where it has none. */
export function serverUsersOf(flags: Interfaces.InferredFlags<typeof serverUsersFlags>): UsersOptions | undefined {
  const given = ABOUT_USERS.find((name) => flags[name] !== undefined);
  if (flags["app-name"] === undefined) {
    if (given === undefined) return undefined;
    throw new LlmopsError("INVALID_ARGUMENT", `--${given} is about users, and the server has none.`, {
      hint: "Add --app-name basic-auth.",
    });
  }
  const header = flags["trusted-user-header"];
  return {
    ...{ database: flags.users, config: flags["auth-config"], defaultPermission: flags["default-permission"] },
    trusted: header === undefined ? undefined : { header, proxies: toList(flags["trusted-proxies"]) },
    auditLog: flags["audit-log"],
  };
}
