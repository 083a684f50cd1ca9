import type { FastifyBaseLogger } from "fastify";
import { fileURLToPath } from "node:url";
import { LocalEvidence } from "./evidence/store-evidence.js";
import { keyFrom } from "../serving/server-client.js";
import { LocalMonitors } from "./monitors/local-monitors.js";
import type { ArtifactPlaces } from "../../lib/tracking/artifact-store.js";
import { openLocalStore } from "../../lib/tracking/open-local-store.js";

/** The build puts the web application beside the program. */
const APPLICATION = fileURLToPath(new URL("../../web/", import.meta.url));

export interface StoreServerOptions {
  /** A folder with mlflow.db and mlartifacts, or sqlite:///FILE; created when it is not there. */
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
  /** Servers that the playground may ask, and the environment variable with their key. */
  playground?: { urls: readonly string[]; keyEnv: string } | undefined;
  logger?: FastifyBaseLogger | undefined;
}

/** A tracking server that answers until it is closed. */
export interface StoreServer {
  url: string;
  uri: string;
  artifactsRoot: string;
  /** Waits for running requests and closes the store. */
  close(): Promise<void>;
  /** How many requests are not answered yet. */
  unfinished(): number;
}

/** Serves the MLflow store: MLflow's REST API, and the web application. Throws STORE_NOT_FOUND, PORT_IN_USE or ADDRESS_UNAVAILABLE. */
export async function serveStore({ store: uri, places, playground, ...options }: StoreServerOptions): Promise<StoreServer> {
  const store = openLocalStore(uri, { create: true, places });
  const evidence = new LocalEvidence(store);
  try {
    const { startTrackingServer } = await import("../../lib/tracking/server/start-tracking-server.js");
    const web = { application: APPLICATION, evidence, monitors: new LocalMonitors(store) };
    const asked = playground && { urls: playground.urls, apiKey: keyFrom(playground.keyEnv) };
    const server = await startTrackingServer(store, { ...options, ...web, playground: asked });
    const close = async () => {
      try {
        await server.close();
      } finally {
        await evidence.close();
        await store.close();
      }
    };
    const { destination, defaultRoot } = store.artifacts.places;
    return { url: server.url, uri: store.uri, artifactsRoot: destination ?? defaultRoot, close, unfinished: () => server.unfinished() };
  } catch (error) {
    await evidence.close();
    await store.close();
    throw error;
  }
}
