import type { FastifyBaseLogger } from "fastify";
import { fileURLToPath } from "node:url";
import { LocalEvidence } from "./evidence/store-evidence.js";
import { keyFrom } from "../serving/server-client.js";
import { LocalMonitors } from "./monitors/local-monitors.js";
import { LlmopsError } from "../../lib/base/errors/llmops-error.js";
import type { RunningServer } from "../../lib/base/http/listen.js";
import { guardBackend } from "../../lib/tracking/server/access/guarded-backend.js";
import type { UserAccess } from "../../lib/tracking/server/access/user-access.js";
import type { TrackingBackend } from "../../lib/tracking/tracking-backend.js";
import { openUsers, type OpenedUsers, type UsersOptions } from "./users/open-users.js";
import type { ArtifactPlaces } from "../../lib/tracking/artifact-store.js";
import { openBackend } from "../../lib/tracking/open-backend.js";

/** The build puts the web application beside the program. */
const APPLICATION = fileURLToPath(new URL("../../web/", import.meta.url));

export interface StoreServerOptions {
  /** A folder with mlflow.db and mlartifacts, sqlite:///FILE, or postgresql://USER@HOST/DATABASE; created when it is not there. */
  store: string;
  /** Where files are [default: mlartifacts next to the database, handed out by the server]. */
  places?: Partial<ArtifactPlaces> | undefined;
  host: string;
  /** 0 takes any free port. */
  port: number;
  /** Names it may be reached under, besides this machine's and private addresses; * for any. */
  allowedHosts: readonly string[];
  /** Origins whose pages may use it, besides this machine's; * for any. */
  allowedOrigins: readonly string[];
  /** What clients have to send. */
  token: string | undefined;
  /** Has everybody sign in as a user, in place of the token. */
  users?: UsersOptions | undefined;
  /** Servers that the playground may ask, and the environment variable with their key. */
  playground?: { urls: readonly string[]; keyEnv: string } | undefined;
  logger?: FastifyBaseLogger | undefined;
}

/** A tracking server that answers until it is closed. */
export interface StoreServer {
  url: string;
  uri: string;
  artifactsRoot: string;
  /** Its users, where it has them. */
  users?: Omit<OpenedUsers, "close" | "access"> | undefined;
  /** Waits for running requests and closes the store. */
  close(): Promise<void>;
  /** How many requests are not answered yet. */
  unfinished(): number;
}

/** Serves the MLflow store: MLflow's REST API, and the web application. Throws STORE_NOT_FOUND, PORT_IN_USE or ADDRESS_UNAVAILABLE. */
export async function serveStore(options: StoreServerOptions): Promise<StoreServer> {
  const store = await openBackend(options.store, { create: true, places: options.places });
  const evidence = new LocalEvidence(store, options.store);
  let users: OpenedUsers | undefined;
  const end = async () => {
    await evidence.close();
    users?.close();
    await store.close();
  };
  try {
    users = await usersOf(options);
    const server = await start(options, { store, evidence, access: users?.access });
    const close = async () => {
      try {
        await server.close();
      } finally {
        await end();
      }
    };
    const { destination, defaultRoot } = store.artifacts.places;
    const shown = { url: server.url, uri: store.uri, artifactsRoot: destination ?? defaultRoot, users };
    return { ...shown, close, unfinished: () => server.unfinished() };
  } catch (error) {
    await end();
    throw error;
  }
}

/** Throws INVALID_ARGUMENT where there is a token as well: nobody could tell who sends it. */
async function usersOf({ users, store, token, allowedOrigins, logger }: StoreServerOptions): Promise<OpenedUsers | undefined> {
  if (!users) return undefined;
  if (token !== undefined) {
    throw new LlmopsError("INVALID_ARGUMENT", "LLMOPS_MLFLOW_TOKEN is set, and the server has users.", {
      hint: "Unset it, and make a token for a user: llmops mlflow users tokens create NAME",
    });
  }
  if (allowedOrigins.includes("*")) {
    throw new LlmopsError("INVALID_ARGUMENT", "--cors-allowed-origins is *, and the server has users.", {
      hint: "Any page could act with the password that a browser remembers. Name the origins.",
    });
  }
  return openUsers(users, store, (message) => logger?.error(message));
}

/** Where there are users, all that is asked of the store is asked on behalf of one. */
async function start(
  { playground, host, port, allowedHosts, allowedOrigins, token, logger }: StoreServerOptions,
  { store, evidence, access }: { store: TrackingBackend; evidence: LocalEvidence; access: UserAccess | undefined },
): Promise<RunningServer> {
  const { startTrackingServer } = await import("../../lib/tracking/server/start-tracking-server.js");
  const guarded = access ? guardBackend(store, access.grants) : store;
  const web = { application: APPLICATION, evidence, monitors: new LocalMonitors(guarded) };
  const asked = playground && { urls: playground.urls, apiKey: keyFrom(playground.keyEnv) };
  const reached = { host, port, allowedHosts, allowedOrigins, token, logger };
  return startTrackingServer(guarded, { ...reached, ...web, access, playground: asked });
}
