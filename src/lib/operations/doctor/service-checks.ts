import { accessSync, constants, existsSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { dirname, resolve } from "node:path";
import { request } from "undici";
import type { LoadedSettings } from "../../base/config/load-settings.js";
import type { Settings } from "../../base/config/settings.js";
import { LlmopsError, messageOf, systemCodeOf } from "../../base/errors/llmops-error.js";
import { splitCredentials, withoutUrlCredentials } from "../../base/errors/url-credentials.js";
import { RedisConnection } from "../../base/redis/redis-connection.js";
import { listExperiments } from "../../tracking/find-experiment.js";
import { listJournals } from "../../tracking/journal/journal-folder.js";
import { openStore } from "../../tracking/open-store.js";
import { failed, ok, skipped, warning, type Check, type Finding } from "./finding.js";
import { counted } from "../../base/errors/counted.js";
import { withoutTrailingSlashes } from "../../base/errors/text-ends.js";

const TIMEOUT_MS = 5000;

export interface ServiceFacts {
  /** What the configuration says. */
  loaded: LoadedSettings;
  /** Where journals are. */
  journalFolder: string;
  /** The store to record to. */
  trackingUri: string;
}

/** Configuration, port, store, what waits for it, Redis, upstreams. */
export function serviceChecks({ loaded, journalFolder, trackingUri }: ServiceFacts): Check[] {
  const { settings } = loaded;
  return [
    { name: "configuration", run: () => describeSettings(loaded) },
    { name: "port", run: () => checkPort(settings["server.host"], settings["server.port"]) },
    { name: "MLflow store", run: () => checkStore(trackingUri) },
    { name: "tracking", run: () => checkTracking(settings, journalFolder) },
    { name: "Redis", run: () => checkRedis(settings["cache.redis_url"]) },
    { name: "upstreams", run: () => checkUpstreams(settings["providers.upstream"]) },
  ];
}

/** The time at servers that are talked to, by the Date of their answers. */
export async function remoteClocks(urls: readonly string[]): Promise<{ url: string; time: number }[]> {
  const asked = urls
    .filter((url) => /^https?:/.test(url))
    .map(async (url) => {
      const { headers, body } = await request(url, { method: "HEAD", signal: AbortSignal.timeout(TIMEOUT_MS) });
      await body.dump();
      const time = Date.parse(String(headers["date"]));
      return Number.isNaN(time) ? [] : [{ url, time }];
    });
  const answers = await Promise.allSettled(asked);
  return answers.flatMap((answer) => (answer.status === "fulfilled" ? answer.value : []));
}

function describeSettings({ file, origins }: LoadedSettings): Finding {
  const changed = Object.values(origins).filter((origin) => origin !== "default").length;
  const which = changed === 1 ? "setting differs" : "settings differ";
  return ok(`${file ?? "no llmops.yaml here"}; ${changed} ${which} from the defaults (llmops config show --changed)`);
}

async function checkPort(host: string, port: number): Promise<Finding> {
  const address = `${host}:${port}`;
  try {
    await new Promise<void>((done, fail) => {
      const server = createServer().once("error", fail);
      server.listen(port, host, () => server.close(() => done()));
    });
    return ok(`${address} is free`);
  } catch (error) {
    const code = systemCodeOf(error);
    if (code !== "EADDRINUSE") {
      const why =
        code === "EACCES"
          ? "ports below 1024 need rights"
          : code === "EADDRNOTAVAIL"
            ? "this machine has no such address"
            : messageOf(error);
      return failed(`${address} cannot be listened on: ${why}`, "Choose another address: llmops serve --host ADDRESS --port NUMBER");
    }
    const health = await readHealth(`http://${host.includes(":") ? `[${host}]` : host}:${port}/health`);
    if (health !== undefined) return ok(`${address} is taken by a server that says it is ${health}`);
    return failed(
      `${address} is taken by another program`,
      `See which one with: ss -ltnp 'sport = :${port}'; stop it, or choose another --port.`,
    );
  }
}

async function readHealth(url: string): Promise<string | undefined> {
  try {
    const { body } = await request(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    const { status } = (await body.json()) as { status?: unknown };
    return typeof status === "string" ? status : undefined;
  } catch {
    return undefined;
  }
}

async function checkStore(uri: string): Promise<Finding> {
  try {
    const store = await openStore(uri, { create: false });
    try {
      const experiments = await listExperiments(store);
      return ok(`${store.uri}: ${counted(experiments.length, "experiment")}`);
    } finally {
      await store.close();
    }
  } catch (error) {
    if (!(error instanceof LlmopsError) || error.code !== "STORE_NOT_FOUND" || /^https?:/.test(uri)) throw error;
    const folder = resolve(uri.replace(/^sqlite:\/\/\//, ""));
    const parent = existsSync(folder) ? folder : dirname(folder);
    try {
      accessSync(parent, constants.W_OK);
    } catch {
      return failed(
        `${parent} cannot be written, so no store can be made there`,
        "Go to a folder you may write to, or name one with --tracking-uri.",
      );
    }
    return ok(`none at ${uri} yet: the first run makes it`);
  }
}

/** What is recorded of requests, and what of it has not arrived. */
function checkTracking(settings: Settings, journalFolder: string): Finding {
  const policy = settings["tracking.track"];
  const waiting = listJournals(journalFolder).filter(({ path }) => statSync(path).size > 0);
  const gone = waiting.filter(({ isInUse }) => !isInUse);
  const text = `serve records ${policy === "off" ? "nothing" : policy === "flagged" ? "requests with track_experiment: true" : policy}`;
  if (gone.length === 0) return ok(text);
  const uris = [...new Set(gone.map(({ header }) => header.uri))].join(", ");
  return warning(
    `${text}; entries of ${gone.length} ended processes wait for ${uris}`,
    "Send them: llmops mlflow sync. Runs that never ended: llmops mlflow stale.",
  );
}

async function checkRedis(url: string | undefined): Promise<Finding> {
  if (url === undefined) return skipped("not configured; one server needs none");
  const problems: string[] = [];
  const connection = new RedisConnection(url, (message) => problems.push(message));
  try {
    await connection.open();
    const pong = await connection.ask((client) => client.ping());
    if (pong === "PONG") return ok("answers");
    return failed(
      problems[0] ?? "It does not answer.",
      "Start it, or correct cache.redis_url (REDIS_URL). The server works without, but shares neither cache nor limits.",
    );
  } finally {
    await connection.close();
  }
}

async function checkUpstreams(urls: readonly string[]): Promise<Finding> {
  if (urls.length === 0) return skipped("not configured: the model runs here");
  const answers = await Promise.all(
    urls.map(async (url) => {
      try {
        const { url: place, authorization } = splitCredentials(url);
        const base = withoutTrailingSlashes(place);
        const { statusCode, body } = await request(`${base}${/\/v\d+$/.test(base) ? "" : "/v1"}/models`, {
          signal: AbortSignal.timeout(TIMEOUT_MS),
          ...(authorization !== undefined && { headers: { authorization } }),
        });
        await body.dump();
        return { url: place, problem: statusCode < 500 ? undefined : `answers ${statusCode}` };
      } catch (error) {
        return { url: withoutUrlCredentials(url), problem: messageOf(error) || systemCodeOf(error) || "cannot be reached" };
      }
    }),
  );
  const broken = answers.filter(({ problem }) => problem !== undefined);
  if (broken.length === 0) return ok(`${answers.map(({ url }) => url).join(", ")} ${urls.length === 1 ? "answers" : "answer"}`);
  const text = broken.map(({ url, problem }) => `${url}: ${problem}`).join("; ");
  return failed(text, "Check the address, that the server runs, and that no firewall is between: curl URL/models");
}
