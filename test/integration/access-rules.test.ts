import type { InjectOptions } from "fastify";
import { describe, expect, it } from "vitest";
import { RULES } from "../../src/lib/tracking/server/access/rules.js";
import type { Permission } from "../../src/lib/tracking/users/permissions.js";
import { NEEDED, type Sample } from "../helpers/access-cases.js";
import { basic, makeObjects, usersWorld } from "../helpers/users-world.js";

/** Users by what they were granted; the admin was granted nothing. */
const GRANTED = { none: "NO_PERMISSIONS", reader: "READ", editor: "EDIT", manager: "MANAGE" } as const satisfies Record<string, Permission>;
const EVERYBODY = ["none", "reader", "editor", "manager", "root"];
const ALLOWED: Record<keyof typeof NEEDED, readonly string[]> = {
  ANYONE: EVERYBODY,
  READ: EVERYBODY.slice(1),
  EDIT: EVERYBODY.slice(2),
  MANAGE: EVERYBODY.slice(3),
  ADMIN: EVERYBODY.slice(4),
};
const OPEN = ["GET /health", "GET /version", "GET /api/llmops/1/store"];
/** Its answer does not end: test/integration/users.test.ts listens to it. */
const STREAMED = "GET /api/llmops/1/events";

const cases = Object.entries(NEEDED).flatMap(([needed, samples]) =>
  Object.entries(samples).map(([route, sample]) => ({ needed: needed as keyof typeof NEEDED, route, sample })),
);

function toRequest(route: string, { path = {}, query = {}, body, headers = {} }: Sample): InjectOptions {
  const [method, pattern] = route.split(" ") as [NonNullable<InjectOptions["method"]>, string];
  const url = pattern.replaceAll(/:(\w+)|\*/g, (_, name: string | undefined) => path[name ?? "*"] ?? "");
  return { ...{ method, url, query, headers }, ...(body === undefined ? {} : { payload: body }) };
}

describe("who may use which route", () => {
  it("is tried for every route", () => {
    expect([...cases.map(({ route }) => route), ...OPEN, STREAMED].sort()).toEqual([...RULES.keys()].sort());
  });

  it.each(Object.keys(ALLOWED) as (keyof typeof NEEDED)[])("where %s is needed", async (needed) => {
    const world = await usersWorld([...Object.keys(GRANTED), "someone"]);
    const own = cases.filter((one) => one.needed === needed);
    const allowed: Record<string, string[]> = {};
    const unexpected: string[] = [];
    for (const { route, sample } of own) {
      allowed[route] = [];
      for (const user of EVERYBODY) {
        const request = toRequest(route, sample(await makeObjects(world, GRANTED)));
        const { statusCode, body } = await world.app.inject({ ...request, headers: { ...request.headers, ...basic(user) } });
        if (statusCode !== 403) allowed[route].push(user);
        if ([401, 405, 500].includes(statusCode) || (statusCode === 403 && !body.includes("Permission denied.")))
          unexpected.push(`${user}: ${route}: ${statusCode} ${body}`);
      }
      const stranger = await world.app.inject(toRequest(route, sample(await makeObjects(world, {}))));
      if (stranger.statusCode !== 401) unexpected.push(`nobody: ${route}: ${stranger.statusCode}`);
    }
    expect(unexpected).toEqual([]);
    expect(allowed).toEqual(Object.fromEntries(own.map(({ route }) => [route, ALLOWED[needed]])));
  });

  it("is nobody's business where it is open to all", async () => {
    const { app } = await usersWorld([]);
    for (const route of OPEN) expect((await app.inject(toRequest(route, {}))).statusCode).toBe(200);
  });

  it("is also asked below /ajax-api, of HEAD, and of ids that are written otherwise", async () => {
    const world = await usersWorld(["none"], { defaultPermission: "READ" });
    const { experiment } = await makeObjects(world, { none: "NO_PERMISSIONS" });
    const status = async (options: InjectOptions) => (await world.app.inject({ ...options, headers: basic("none") })).statusCode;
    for (const id of [experiment, `0${experiment}`, `000${experiment}`]) {
      expect(await status({ url: `/ajax-api/2.0/mlflow/experiments/get?experiment_id=${id}` })).toBe(403);
      expect(await status({ method: "HEAD", url: `/api/2.0/mlflow/experiments/get?experimentId=${id}` })).toBe(403);
    }
    for (const path of [`${experiment}/a`, `.%2F${experiment}/a`, `%2E/${experiment}/a`])
      expect(await status({ url: `/api/2.0/mlflow-artifacts/artifacts/${path}` })).toBe(403);
    expect(await status({ url: `/api/2.0/mlflow-artifacts/artifacts?path=${experiment}` })).toBe(403);
  });
});
