import { randomBytes } from "node:crypto";
import { mlflowAdminPassword } from "../../../lib/base/config/mlflow-environment.js";
import { LlmopsError, messageOf } from "../../../lib/base/errors/llmops-error.js";
import { readTextFile } from "../../../lib/base/files/read-text-file.js";
import { addressList } from "../../../lib/base/http/address-list.js";
import { usersPath } from "../../../lib/tracking/open-users.js";
import { auditTo } from "./audit-file.js";
import { UserAccess } from "../../../lib/tracking/server/access/user-access.js";
import { parseAuthConfig, type AuthConfig } from "../../../lib/tracking/users/auth-config.js";
import { hashPassword } from "../../../lib/tracking/users/password-hash.js";
import { toPermission } from "../../../lib/tracking/users/permissions.js";
import { checkPassword, type UserStore } from "../../../lib/tracking/users/user-store.js";
import { UsersDatabase } from "../../../lib/tracking/users/users-database.js";

const ADMIN = "admin";
/** In every copy of MLflow. */
const PUBLIC_PASSWORD = "password1234";

/** How a server has users. */
export interface UsersOptions {
  /** The database: a file, or sqlite:///FILE [default: basic_auth.db beside the store]. */
  database?: string | undefined;
  /** MLflow's basic_auth.ini. */
  config?: string | undefined;
  /** Before what the file says. */
  defaultPermission?: string | undefined;
  /** The header in which a proxy says who somebody is, and where that proxy is. */
  trusted?: { header: string; proxies: readonly string[] } | undefined;
  /** A file that gets each change as a line of JSON. */
  auditLog?: string | undefined;
}

export interface OpenedUsers {
  access: UserAccess;
  path: string;
  /** The admin that was made because there was none, with the password where it was made too: nobody else knows it. */
  made?: { username: string; password: string | undefined } | undefined;
  /** The admin's password is the one in every copy of MLflow. */
  isPublic: boolean;
  close(): void;
}

/** Opens the users of a store's server; there is an admin from the first time on. Throws CONFIG_INVALID, STORE_INCOMPATIBLE, STORE_UNWRITABLE. */
export async function openUsers(options: UsersOptions, store: string, log: (message: string) => void): Promise<OpenedUsers> {
  const config = options.config === undefined ? {} : readConfig(options.config);
  const path = usersPath(options.database ?? config.database, store);
  const permission = options.defaultPermission ?? config.defaultPermission ?? "READ";
  const { trusted, auditLog } = options;
  const db = new UsersDatabase(path, { create: true });
  try {
    const access = new UserAccess(db, {
      defaultPermission: toPermission(permission),
      proxy: trusted && { header: trusted.header, isTrusted: addressList(trusted.proxies) },
      audit: auditLog === undefined ? undefined : auditTo(auditLog, log),
    });
    const made = await ensureAdmin(access.users, config);
    return { access, path, made, isPublic: config.adminPassword === PUBLIC_PASSWORD, close: () => db.close() };
  } catch (error) {
    db.close();
    throw error;
  }
}

function readConfig(path: string): AuthConfig {
  try {
    return parseAuthConfig(readTextFile(path), path);
  } catch (error) {
    if (error instanceof LlmopsError) throw error;
    throw new LlmopsError("CONFIG_INVALID", `The configuration of users ${path} cannot be read: ${messageOf(error)}.`);
  }
}

async function ensureAdmin(users: UserStore, { adminUsername, adminPassword }: AuthConfig): Promise<OpenedUsers["made"]> {
  if (users.list().some(({ isAdmin }) => isAdmin)) return undefined;
  const username = adminUsername ?? ADMIN;
  const given = mlflowAdminPassword() ?? adminPassword;
  const password = given ?? randomBytes(15).toString("base64url");
  checkPassword(password);
  users.create({ username, passwordHash: await hashPassword(password), isAdmin: true });
  return { username, password: given === undefined ? password : undefined };
}
