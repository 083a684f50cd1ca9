import { expect, it } from "vitest";
import { createTrackingApp } from "../../src/lib/tracking/server/create-tracking-app.js";
import { queryStore } from "../helpers/query-store.js";
import { registeredRoutes } from "../helpers/registered-routes.js";
import { trackingServer, type TestServer } from "../helpers/tracking-server.js";
import { attack, BODIES, randomOf, type Shot } from "./attack.js";
import { pick, strange, toBody, type Json } from "./mutate.js";
import type { Random } from "../../src/lib/base/math/random.js";

/** Names that the API of MLflow has somewhere. */
const NAMES = [
  ...[
    "experiment_id",
    "experiment_ids",
    "experiment_name",
    "name",
    "new_name",
    "run_id",
    "run_uuid",
    "run_ids",
    "run_name",
    "key",
    "value",
  ],
  ...["timestamp", "step", "metrics", "params", "tags", "filter", "filter_string", "order_by", "max_results", "page_token", "view_type"],
  ...[
    "run_view_type",
    "status",
    "start_time",
    "end_time",
    "user_id",
    "path",
    "version",
    "stage",
    "alias",
    "source",
    "description",
    "datasets",
  ],
  ...[
    "dataset",
    "models",
    "model_id",
    "artifact_location",
    "lifecycle_stage",
    "trace_id",
    "request_id",
    "trace",
    "assessment",
    "assessment_id",
  ],
  ...["trace_info", "metric_key", "metric_keys", "versions", "archive_existing_versions", "locations", "info", "spans", "timestamp_ms"],
];

/** A value that could be right, or one that nobody expects. */
function valueFor(name: string, known: Record<string, Json>, random: Random): Json {
  if (random() < 0.45) return strange(random);
  if (random() < 0.6 && known[name] !== undefined) return known[name];
  const texts = [
    "metrics.m > 0.5",
    "tags.`a b` LIKE '%x%'",
    "params.p = 'v' AND attributes.status != 'RUNNING'",
    "metrics.m DESC",
    "a",
    "1",
  ];
  const others: Json[] = [
    texts,
    [pick(texts, random)],
    { key: "k", value: "1", timestamp: 1, step: 0 },
    [{ key: "k", value: "v" }],
    1,
    "0",
  ];
  return random() < 0.5 ? pick(texts, random) : pick(others, random);
}

async function honestWork({ url }: TestServer): Promise<Record<string, Json>> {
  const post = async (path: string, body: object) =>
    (await (
      await fetch(`${url}/api/2.0/mlflow/${path}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      })
    ).json()) as Record<string, any>;
  const created = await post("runs/create", { experiment_id: "0", start_time: 1 });
  const runId = created["run"].info.run_id as string;
  await post("runs/log-batch", {
    run_id: runId,
    metrics: [{ key: "m", value: 1, timestamp: 1, step: 0 }],
    params: [{ key: "p", value: "v" }],
  });
  await post("registered-models/create", { name: "model" });
  await post("model-versions/create", { name: "model", source: `runs:/${runId}/model`, run_id: runId });
  return {
    run_id: runId,
    run_uuid: runId,
    run_ids: [runId],
    experiment_id: "0",
    experiment_ids: ["0"],
    name: "model",
    version: "1",
    key: "m",
    metric_key: "m",
  };
}

function toShot(route: { method: string; url: string }, known: Record<string, Json>, random: Random): Shot {
  const fields = Array.from({ length: Math.floor(random() * 6) }, () => pick(NAMES, random)).map(
    (name) => [name, valueFor(name, known, random)] as const,
  );
  const isQuery = route.method === "GET" || random() < 0.1;
  const text = (value: Json) => (typeof value === "string" ? value : JSON.stringify(value)).slice(0, 2000).replace(/[\ud800-\udfff]/g, "?");
  const fill = () => encodeURIComponent(text(random() < 0.5 ? (known["run_id"] as string) : strange(random)).slice(0, 500));
  const path = route.url.replace(/:\w+|\*/g, fill);
  const query = new URLSearchParams(fields.map(([name, value]): [string, string] => [name, text(value)])).toString();
  return {
    method: route.method,
    path: isQuery && query !== "" ? `${path}?${query}` : path,
    headers: { "content-type": random() < 0.03 ? "text/html" : "application/json" },
    body: isQuery ? undefined : toBody(Object.fromEntries(fields), random),
  };
}

it(`${BODIES} hostile requests for every 30 routes crash and hang nothing, and the store stays whole`, async () => {
  const server = await trackingServer();
  const known = await honestWork(server);
  const app = await createTrackingApp(server.store, { allowedHosts: [], allowedOrigins: [], token: undefined });
  await app.ready();
  // what streams changes ends with its client
  const isTried = ({ method, url }: { method: string; url: string }) =>
    url.startsWith("/") && !url.endsWith("/events") && !["HEAD", "OPTIONS"].includes(method);
  const all = registeredRoutes(app.printRoutes({ commonPrefix: false })).filter(isTried);
  expect(all.length).toBeGreaterThan(100);
  const random = randomOf("tracking server");
  const make = () => toShot(pick(all, random), known, random);
  const count = Math.ceil((BODIES * all.length) / 30);
  const { bad, shots } = await attack(server.url, { count, make, isBad: (status) => status >= 500 && status !== 501 });
  expect(bad.slice(0, 5)).toEqual([]);
  expect(shots).toBe(count);
  expect(queryStore(server.folder, "PRAGMA integrity_check")).toEqual([{ integrity_check: "ok" }]);
});
