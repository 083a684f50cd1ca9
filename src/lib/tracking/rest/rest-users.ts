import type { MlflowConnection } from "../../base/config/mlflow-environment.js";
import { MlflowError } from "../mlflow-error.js";
import type { Guarded, Permission } from "../users/permissions.js";
import type { UserAdmin, UserWithGrants } from "../users/user-admin.js";
import type { UserToken } from "../users/user-records.js";
import { HttpClient } from "./http-client.js";

const USERS = "/api/2.0/mlflow/users";
const OWN = "/api/llmops/1/users";
const TOKENS = `${OWN}/tokens`;

interface WireUser {
  id: number;
  username: string;
  is_admin: boolean;
  experiment_permissions: { experiment_id: string; permission: Permission }[];
  registered_model_permissions: { name: string; permission: Permission }[];
}

interface WireToken {
  id: string;
  username: string;
  name: string;
  created_at: number;
  expires_at: number | null;
}

/** Users of a server: `llmops mlflow server`, and, but for lists and tokens, MLflow's. The credentials are those of an admin. */
export class RestUsers implements UserAdmin {
  readonly place: string;
  private readonly http: HttpClient;

  constructor(url: URL, connection: MlflowConnection) {
    this.http = new HttpClient(url, connection);
    this.place = this.http.origin;
  }

  async list(): Promise<UserWithGrants[]> {
    const { users } = await this.http.json<{ users: WireUser[] }>({ method: "GET", path: OWN });
    return users.map((user) => ({
      ...{ id: user.id, username: user.username, isAdmin: user.is_admin },
      grants: [
        ...user.experiment_permissions.map((one) => ({
          kind: "experiment" as const,
          object: one.experiment_id,
          permission: one.permission,
        })),
        ...user.registered_model_permissions.map((one) => ({ kind: "model" as const, object: one.name, permission: one.permission })),
      ],
    }));
  }

  async create(username: string, password: string): Promise<void> {
    await this.http.json({ method: "POST", path: `${USERS}/create`, json: { username, password }, once: true });
  }

  async delete(username: string): Promise<void> {
    await this.http.json({ method: "DELETE", path: `${USERS}/delete`, json: { username } });
  }

  async setPassword(username: string, password: string): Promise<void> {
    await this.http.json({ method: "PATCH", path: `${USERS}/update-password`, json: { username, password } });
  }

  async setAdmin(username: string, isAdmin: boolean): Promise<void> {
    await this.http.json({ method: "PATCH", path: `${USERS}/update-admin`, json: { username, is_admin: isAdmin } });
  }

  async grant(kind: Guarded, object: string, username: string, permission: Permission): Promise<void> {
    const json = { ...naming(kind, object), username, permission };
    try {
      await this.http.json({ method: "PATCH", path: `${permissionsOf(kind)}/update`, json });
    } catch (error) {
      if (!(error instanceof MlflowError) || error.errorCode !== "RESOURCE_DOES_NOT_EXIST") throw error;
      await this.http.json({ method: "POST", path: `${permissionsOf(kind)}/create`, json });
    }
  }

  async revoke(kind: Guarded, object: string, username: string): Promise<void> {
    const json = { ...naming(kind, object), username };
    await this.http.json({ method: "DELETE", path: `${permissionsOf(kind)}/delete`, json });
  }

  async createToken(
    username: string,
    { name, expiresAt }: { name: string; expiresAt: number | null },
  ): Promise<{ token: string; stored: UserToken }> {
    const json = { username, name, ...(expiresAt !== null && { expires_at: expiresAt }) };
    const { token, ...stored } = await this.http.json<WireToken & { token: string }>({
      ...{ method: "POST", path: `${TOKENS}/create`, json, once: true },
    });
    return { token, stored: tokenFromWire(stored) };
  }

  async tokens(username: string): Promise<UserToken[]> {
    const { tokens } = await this.http.json<{ tokens: WireToken[] }>({ method: "GET", path: TOKENS, query: { username } });
    return tokens.map(tokenFromWire);
  }

  async revokeToken(username: string, nameOrId: string): Promise<void> {
    await this.http.json({ method: "DELETE", path: `${TOKENS}/delete`, json: { username, name: nameOrId } });
  }

  async close(): Promise<void> {
    await this.http.close();
  }
}

function permissionsOf(kind: Guarded): string {
  return `/api/2.0/mlflow/${kind === "experiment" ? "experiments" : "registered-models"}/permissions`;
}

function naming(kind: Guarded, object: string): object {
  return kind === "experiment" ? { experiment_id: object } : { name: object };
}

function tokenFromWire({ id, username, name, created_at: createdAt, expires_at: expiresAt }: WireToken): UserToken {
  return { id, username, name, createdAt, expiresAt };
}
