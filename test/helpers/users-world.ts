import type { FastifyInstance } from "fastify";
import { onTestFinished } from "vitest";
import { LocalEvidence } from "../../src/app/tracking/evidence/store-evidence.js";
import { LocalMonitors } from "../../src/app/tracking/monitors/local-monitors.js";
import { openLocalStore } from "../../src/lib/tracking/open-local-store.js";
import type { AuditEntry } from "../../src/lib/tracking/server/access/audit.js";
import { guardBackend } from "../../src/lib/tracking/server/access/guarded-backend.js";
import { UserAccess, type UserAccessOptions } from "../../src/lib/tracking/server/access/user-access.js";
import { createTrackingApp } from "../../src/lib/tracking/server/create-tracking-app.js";
import type { TrackingBackend } from "../../src/lib/tracking/tracking-backend.js";
import { hashPassword } from "../../src/lib/tracking/users/password-hash.js";
import type { Permission } from "../../src/lib/tracking/users/permissions.js";
import { UsersDatabase } from "../../src/lib/tracking/users/users-database.js";
import { temporaryFolder } from "./temporary-folder.js";

export const PASSWORD = "correct horse battery";

/** A server with users over a new store, what is in that store, and what was written down of changes. */
export interface UsersWorld {
  app: FastifyInstance;
  /** The store as nobody guards it. */
  store: TrackingBackend;
  access: UserAccess;
  audited: AuditEntry[];
  folder: string;
}

/** Users are `root`, an admin, and those named: all with the same password. */
export async function usersWorld(names: readonly string[], options: Partial<UserAccessOptions> = {}): Promise<UsersWorld> {
  const folder = temporaryFolder();
  const store = openLocalStore(folder, { create: true });
  const db = new UsersDatabase(`${folder}/basic_auth.db`, { create: true });
  const audited: AuditEntry[] = [];
  const access = new UserAccess(db, { defaultPermission: "NO_PERMISSIONS", audit: (entry) => void audited.push(entry), ...options });
  const passwordHash = await hashPassword(PASSWORD);
  for (const username of ["root", ...names]) access.users.create({ username, passwordHash, isAdmin: username === "root" });
  const guarded = guardBackend(store, access.grants);
  const evidence = new LocalEvidence(store);
  const app = await createTrackingApp(guarded, {
    ...{ allowedHosts: [], allowedOrigins: [], token: undefined, access },
    ...{ application: folder, evidence, monitors: new LocalMonitors(guarded), playground: { urls: [] } },
  });
  onTestFinished(async () => {
    await app.close();
    await evidence.close();
    await store.close();
    db.close();
  });
  return { app, store, access, audited, folder };
}

/** The header by which somebody signs in with a password. */
export function basic(username: string, password = PASSWORD): { authorization: string } {
  return { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}` };
}

/** What a route can be about, new for each question: all of it in one experiment, but for a registered model. */
export interface Objects {
  experiment: string;
  experimentName: string;
  run: string;
  model: string;
  loggedModel: string;
  trace: string;
  assessment: string;
}

const NO_MORE = { modelType: undefined, sourceRunId: undefined, tags: {}, params: {} };
let made = 0;

/** Makes an object of each kind, on which each user has the permission of that name. */
export async function makeObjects({ store, access }: UsersWorld, permissions: Readonly<Record<string, Permission>>): Promise<Objects> {
  const number = ++made;
  const experimentName = `experiment ${number}`;
  const { experimentId: experiment } = await store.createExperiment({ name: experimentName });
  const run = await store.createRun({ experimentId: experiment, startTime: 1, userId: "u", tags: {} });
  const model = `model ${number}`;
  await store.registry.createModel({ name: model });
  await store.registry.createVersion({ name: model, source: "prompt", tags: {} });
  const { modelId: loggedModel } = await store.loggedModels.create({ experimentId: experiment, name: "m", ...NO_MORE });
  const trace = `tr-${number}`;
  await store.traces.put({
    ...{ traceId: trace, experimentId: experiment, requestTimeMs: 1, durationMs: 1, state: "OK" },
    ...{ clientRequestId: null, requestPreview: null, responsePreview: null, metadata: {}, tags: { key: "v" } },
  });
  const { assessmentId: assessment } = await store.traces.createAssessment({
    ...{ traceId: trace, name: "a", kind: "feedback", value: 1, error: null, sourceType: "CODE", sourceId: "" },
    ...{ runId: null, spanId: null, rationale: null, overrides: null, metadata: null },
  });
  for (const [username, permission] of Object.entries(permissions)) {
    access.grants.create("experiment", experiment, username, permission);
    access.grants.create("model", model, username, permission);
  }
  return { experiment, experimentName, run: run.runId, model, loggedModel, trace, assessment };
}
