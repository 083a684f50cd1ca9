import { Chalk } from "chalk";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Observation } from "../operations/monitor/monitor.js";
import { displayWidth, wrapProse } from "./display-width.js";
import { renderServers } from "./monitor-picture.js";
import { ServerHistory } from "./server-history.js";

const SCREEN = { chalk: new Chalk({ level: 0 }), width: 80 };
const MEASURED = {
  requests_per_second: 12.5,
  p95_response_time: 1.2,
  p95_first_token: 0.2,
  error_rate: 0.01,
  queued_requests: 3,
  memory: 5e9,
};

interface Look {
  target: string;
  up?: boolean;
  firing?: number;
  kpis?: number;
}

function history({ target, up = true, firing = 0, kpis = 0 }: Look): ServerHistory {
  const one = new ServerHistory();
  const alerts = Array.from({ length: firing }, (_, i) => {
    return { state: "firing", severity: "critical", name: `Slow${i}`, since: 0, evidence: "p95 is 12 s ".repeat(20) };
  });
  const held = Array.from({ length: kpis }, (_, i) => ({
    kpi: `p95_response_time < ${i}s`,
    value: 1.2,
    state: i % 2 ? "passed" : "failed",
  }));
  for (let step = 0; step < 5; step++) {
    const more = {
      dialect: "llmops",
      measured: up ? MEASURED : {},
      errors: up ? [] : ["connect ECONNREFUSED"],
      kpis: held,
      slos: [],
      alerts,
    };
    one.add({ target, up, step, time: 1_790_000_000_000 + step * 1000, ...more, events: [] } as unknown as Observation);
  }
  return one;
}

const look = fc.record({
  target: fc.oneof(fc.webUrl(), fc.constant(`http://${"模".repeat(60)}.test:8080`)),
  up: fc.boolean(),
  firing: fc.nat(3),
  kpis: fc.nat(8),
});

describe("a picture of servers", () => {
  it("fits the terminal, whatever there is to show", () => {
    const size = fc.record({ width: fc.integer({ min: 30, max: 120 }), height: fc.integer({ min: 2, max: 60 }) });
    fc.assert(
      fc.property(fc.array(look, { minLength: 1, maxLength: 40 }), size, (looks, { width, height }) => {
        const lines = wrapProse(renderServers(looks.map(history), { ...SCREEN, width }, height), width).split("\n");
        expect(lines.length).toBeLessThanOrEqual(height);
        expect(Math.max(...lines.map(displayWidth))).toBeLessThanOrEqual(width);
      }),
      { endOnFailure: true },
    );
  });

  it("has all of one server, and of several what has to be seen", () => {
    const targets = ["http://one:8080", "http://two:8080", "http://three:8080"];
    expect(renderServers([history({ target: "http://one:8080", kpis: 4 })], SCREEN, 23)).toContain("✓ p95_response_time < 1s (1.2 s)");
    const three = renderServers(
      targets.map((target) => history({ target, firing: 1, kpis: 2 })),
      SCREEN,
      23,
    );
    for (const target of targets) expect(three).toContain(target);
    expect(three.match(/FIRING critical Slow0/g)).toHaveLength(3);
  });

  it("begins with those that are worst off where a line for each is too much", () => {
    const servers = Array.from({ length: 30 }, (_, i) => history({ target: `http://s${i}:1`, up: i !== 17, firing: i === 23 ? 1 : 0 }));
    const lines = renderServers(servers, SCREEN, 10).split("\n");
    expect(lines).toHaveLength(10);
    expect(lines[0]).toMatch(/^● http:\/\/s17:1 {2}DOWN/);
    expect(lines[1]).toMatch(/^● http:\/\/s23:1 {2}FIRING Slow0/);
    expect(lines.at(-1)).toBe("and 21 more");
  });
});
