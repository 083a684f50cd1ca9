import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { trackingServer } from "../helpers/tracking-server.js";

/** One exchange of a Python client with a real MLflow server, as recorded there. */
interface Exchange {
  mark?: string;
  m: string;
  u: string;
  body: string;
  hdr: Record<string, string>;
  s: number;
  ct: string;
  resp: string;
}

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** The recording cuts longer answers. */
const RECORDED = 3000;
const TIMES =
  /^(creation_time|last_update_time|creation_timestamp|last_updated_timestamp|creation_timestamp_ms|last_updated_timestamp_ms)$/;
/** Fields whose order or presence MLflow does not promise. */
const UNORDERED = /^(metrics|params|tags)$/;

function readExchanges(name: string): Exchange[] {
  const file = new URL(`../fixtures/mlflow/${name}.jsonl`, import.meta.url);
  return readFileSync(file, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Exchange);
}

/** Notes which of our ids stands where the recording has one of its own. */
function learnIds(recorded: Json, ours: Json, ids: Map<string, string>): void {
  if (Array.isArray(recorded) && Array.isArray(ours)) recorded.forEach((item, index) => learnIds(item, ours[index] ?? null, ids));
  else if (isObject(recorded) && isObject(ours))
    for (const key of Object.keys(recorded)) learnIds(recorded[key] ?? null, ours[key] ?? null, ids);
  else if (typeof recorded === "string" && typeof ours === "string" && /^(m-)?[0-9a-f]{32}$/.test(recorded)) ids.set(recorded, ours);
}

function isObject(value: Json): value is { [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Where versions say their aliases: in a few answers more since 3.x. */
function withoutAliases(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutAliases);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key !== "aliases")
      .map(([key, item]) => [key, withoutAliases(item)]),
  );
}

function normalize(value: Json, key = ""): Json {
  if (TIMES.test(key)) return typeof value === "number" ? "a time" : value;
  if (Array.isArray(value)) {
    const items = value.map((item) => normalize(item));
    return UNORDERED.test(key) ? items.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)) : items;
  }
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(([name, item]) => [name, normalize(item, name)] as const);
  // an empty object and an absent one are the same to a client
  return Object.fromEntries(entries.filter(([, item]) => !(isObject(item) && Object.keys(item).length === 0)));
}

describe.each(["client-3.6", "client-2.17"])("a recorded life of MLflow's Python %s", (name) => {
  it("gets the same answers from our server", async () => {
    const { url } = await trackingServer();
    const ids = new Map<string, string>();
    const translate = (text: string) => [...ids].reduce((result, [theirs, ours]) => result.replaceAll(theirs, ours), text);
    let compared = 0;
    for (const exchange of readExchanges(name)) {
      if (exchange.mark !== undefined) continue;
      const { pathname, search } = new URL(exchange.u);
      const length = Number(exchange.hdr["Content-Length"] ?? 0);
      const body = exchange.m === "PUT" ? "x".repeat(length) : translate(exchange.body);
      const type = exchange.hdr["Content-Type"];
      const answer = await fetch(url + translate(pathname + search), {
        method: exchange.m,
        headers: type === undefined ? {} : { "content-type": type },
        ...(body === "" ? {} : { body }),
      });
      const text = await answer.text();
      const what = `${exchange.m} ${pathname}${search} ${exchange.body.slice(0, 200)}`;
      expect(answer.status, `${what}: ${text}`).toBe(exchange.s);
      if (!exchange.ct.startsWith("application/json")) {
        expect(answer.headers.get("content-type")?.split(";")[0], what).toBe(exchange.ct);
        continue;
      }
      if (exchange.resp.length >= RECORDED) continue;
      const ours = JSON.parse(text) as Json;
      const theirs = JSON.parse(exchange.resp) as Json;
      learnIds(theirs, ours, ids);
      const expected = normalize(JSON.parse(translate(exchange.resp)) as Json);
      if (name === "client-2.17") expect(withoutAliases(normalize(ours)), what).toEqual(withoutAliases(expected));
      else expect(normalize(ours), what).toEqual(expected);
      compared += 1;
    }
    expect(compared).toBeGreaterThan(60);
  });
});
