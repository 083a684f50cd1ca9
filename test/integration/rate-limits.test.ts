import { expect, it } from "vitest";
import { EndpointTarget } from "../../src/lib/inference/openai/endpoint-target.js";
import { RateWatch } from "../../src/lib/inference/openai/rate-watch.js";
import { rateLimitedUpstream, type Window } from "../helpers/rate-limited-upstream.js";
import { runPlan, studyPlan } from "../helpers/study-plan.js";

it.each<Window>(["fixed", "sliding"])(
  "all calls of a study are answered at an endpoint with a %s window, without retries",
  async (kind) => {
    const { url, refused } = await rateLimitedUpstream({ kind, requests: 10, windowMs: 100 });
    const rates = new RateWatch();
    const target = await EndpointTarget.connect({ url, rates });
    const plan = studyPlan([], 60, { strategies: [{}], repeats: 1, concurrency: 16 });
    const { table, errors } = await runPlan(plan, target);
    expect([table.counts(0), errors]).toEqual([expect.objectContaining({ done: 60, failed: 0 }), []]);
    expect(rates.documents()).toEqual([
      { endpoint: url, refused: refused(), waited_seconds: expect.any(Number) as number, lowest_concurrency: expect.any(Number) as number },
    ]);
    expect(refused()).toBeGreaterThan(0);
  },
);

it("studies that share an endpoint hear of its limits, each of its own", async () => {
  const { url, stop } = await rateLimitedUpstream({ kind: "fixed", requests: 20, windowMs: 500 });
  const notes: string[] = [];
  const study = async (count: number, name: string) => {
    const rates = new RateWatch();
    const target = await EndpointTarget.connect({ url, model: "limited", rates, onNote: (text) => notes.push(`${name}: ${text}`) });
    await runPlan(studyPlan([], count, { strategies: [{}], repeats: 1, concurrency: 16 }), target);
    await target.close();
    rates.close();
    return rates;
  };
  const first = await study(40, "first");
  const [before] = first.documents();
  stop();
  const [second, third] = await Promise.all([study(40, "second"), study(40, "third")]);
  expect(first.documents()).toEqual([before]);
  for (const rates of [second, third]) expect(rates.documents()[0]?.refused).toBeGreaterThan(0);
  expect(notes.map((text) => text.split(":")[0]).sort()).toEqual(["first", "second", "third"]);
});
