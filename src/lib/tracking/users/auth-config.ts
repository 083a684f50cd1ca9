import { LlmopsError } from "../../base/errors/llmops-error.js";
import { toPermission, type Permission } from "./permissions.js";

/** What MLflow's basic_auth.ini says, as far as it says something. */
export interface AuthConfig {
  defaultPermission?: Permission | undefined;
  /** The database of users: a path. */
  database?: string | undefined;
  adminUsername?: string | undefined;
  adminPassword?: string | undefined;
}

const OWN_FUNCTION = "mlflow.server.auth:authenticate_request_basic_auth";

/** Reads the text of basic_auth.ini. Throws CONFIG_INVALID for what this program cannot do, naming the file's `path`. */
export function parseAuthConfig(text: string, path: string): AuthConfig {
  const values = readSection(text);
  const wrong = (key: string, hint: string) => new LlmopsError("CONFIG_INVALID", `${path} has ${key} = ${values.get(key)}.`, { hint });
  const uri = values.get("database_uri");
  const database = uri === undefined ? undefined : /^sqlite:\/\/\/(.+)$/.exec(uri)?.[1];
  if (uri !== undefined && database === undefined) throw wrong("database_uri", "Users are kept in SQLite here: write sqlite:///FILE.");
  if ((values.get("authorization_function") ?? OWN_FUNCTION) !== OWN_FUNCTION)
    throw wrong("authorization_function", "Python code is not run here: let a proxy sign people in, with --trusted-user-header.");
  const permission = values.get("default_permission");
  return {
    defaultPermission: permission === undefined ? undefined : toPermission(permission),
    ...{ database, adminUsername: values.get("admin_username"), adminPassword: values.get("admin_password") },
  };
}

/** The keys of the [mlflow] section. */
function readSection(text: string): Map<string, string> {
  const section = /^\[mlflow\][^\S\n]*$([\s\S]*?)(?=^\[|(?![\s\S]))/m.exec(text)?.[1] ?? "";
  const pairs = [...section.matchAll(/^([A-Za-z_]\w*)[^\S\n]*[=:][^\S\n]*(.*?)[^\S\n]*$/gm)];
  return new Map(pairs.map(([, key = "", value = ""]) => [key.toLowerCase(), value]));
}
