import { writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { errorOf } from "../../../../test/helpers/error-of.js";
import { temporaryFolder } from "../../../../test/helpers/temporary-folder.js";
import { parseSlo } from "../slo/slo.js";
import { AlertBook } from "./alert-book.js";
import { burnRules, defaultAlerts, readAlertFile, type AlertRule } from "./alert-rules.js";
import { createSink, type AlertNotice } from "./alert-sinks.js";
import { burnRate, sloStatus } from "./burn-rate.js";
import { NoticeBoard } from "./notice-board.js";
import { toPrometheusRules } from "./prometheus-rules.js";
import { SloLedger } from "./slo-ledger.js";
import { sloSource } from "./slo-source.js";
import { parsePrometheusText } from "./prometheus-text.js";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const rule: AlertRule = { ...(defaultAlerts().rules[1] as AlertRule), forMs: 2 * MINUTE };
const yes = { active: true, evidence: "8 %" };
const no = { active: false, evidence: "0 %" };

describe("AlertBook", () => {
  it("fires once a condition held long enough, tells it once, and tells when it is over", () => {
    const book = new AlertBook(4 * HOUR);
    expect(book.update(rule, yes, 0)).toBeUndefined();
    expect(book.active[0]?.state).toBe("pending");
    expect(book.update(rule, yes, MINUTE)).toBeUndefined();
    expect(book.update(rule, yes, 2 * MINUTE)).toMatchObject({ event: "firing", since: 0 });
    expect(book.update(rule, yes, 3 * MINUTE)).toBeUndefined();
    expect(book.update(rule, no, 4 * MINUTE)).toMatchObject({ event: "resolved" });
    expect(book.active).toEqual([]);
  });

  it("forgets what was only pending, and begins to wait anew", () => {
    const book = new AlertBook(HOUR);
    book.update(rule, yes, 0);
    expect(book.update(rule, no, MINUTE)).toBeUndefined();
    book.update(rule, yes, 1.5 * MINUTE);
    expect(book.update(rule, yes, 3 * MINUTE)).toBeUndefined();
  });

  it("says again what still fires, and goes on after a restart without telling twice", () => {
    const book = new AlertBook(HOUR);
    book.update({ ...rule, forMs: 0 }, yes, 0);
    const later = new AlertBook(HOUR, book.active);
    expect(later.update({ ...rule, forMs: 0 }, yes, 30 * MINUTE)).toBeUndefined();
    expect(later.update({ ...rule, forMs: 0 }, yes, HOUR)).toMatchObject({ event: "still firing", since: 0 });
    expect(later.update(rule, no, 2 * HOUR)).toMatchObject({ event: "resolved" });
  });
});

describe("objectives", () => {
  const slo = parseSlo("ttft<500ms@99%/28d");

  it("have an error budget, and burn rates over several windows", () => {
    const ledger = new SloLedger(slo);
    // a day of 100 requests a minute, all good but for the last hour, in which a fifth is bad
    for (let minute = 1; minute <= 24 * 60; minute++) {
      ledger.add((minute - 1) * MINUTE, minute * MINUTE, { good: minute > 23 * 60 ? 80 : 100, total: 100 });
    }
    const status = sloStatus(ledger, 24 * HOUR);
    expect(status.requests).toBeCloseTo(144_000);
    expect(status.attained).toBeCloseTo(1 - 1200 / 144_000);
    expect(status.met).toBe(true);
    expect(status.error_budget_left).toBeCloseTo(1 - 1200 / 1440);
    const [fast, slow, slowest] = status.burn;
    expect(fast).toMatchObject({ exceeded: true });
    expect(fast?.long_rate).toBeCloseTo(20);
    expect(slow?.long_rate).toBeCloseTo(20 / 6);
    expect(slow?.exceeded).toBe(false);
    expect(slowest?.exceeded).toBe(false);
  });

  it("stop burning in the short window first", () => {
    const ledger = new SloLedger(slo);
    for (let minute = 1; minute <= 120; minute++)
      ledger.add((minute - 1) * MINUTE, minute * MINUTE, { good: minute < 110 ? 50 : 100, total: 100 });
    const [fast] = sloStatus(ledger, 2 * HOUR).burn;
    expect(fast?.long_rate).toBeGreaterThan(14.4);
    expect(fast?.short_rate).toBe(0);
    expect(fast?.exceeded).toBe(false);
  });

  it("do not burn for a single bad request among few", () => {
    const ledger = new SloLedger(slo);
    ledger.add(0, MINUTE, { good: 8, total: 9 });
    const [few] = sloStatus(ledger, MINUTE).burn;
    expect(few?.long_rate).toBeGreaterThan(10);
    expect(few?.exceeded).toBe(false);
    ledger.add(0, MINUTE, { good: 0, total: 1 });
    expect(sloStatus(ledger, MINUTE).burn[0]?.exceeded).toBe(true);
  });

  it("burn within ten polls where nothing else asks the server, however short the objective's window is", () => {
    const ledger = new SloLedger(parseSlo("success@99%/1h"));
    const pace = 3000;
    for (let poll = 0; poll < 9; poll++) ledger.add(poll * pace, poll * pace, { good: 0, total: 1 });
    expect(sloStatus(ledger, 8 * pace, pace).burn.map(({ exceeded }) => exceeded)).toEqual([false, false, false]);
    ledger.add(9 * pace, 9 * pace, { good: 0, total: 1 });
    expect(sloStatus(ledger, 9 * pace, pace).burn.map(({ exceeded }) => exceeded)).toEqual([true, true, true]);
    expect(sloStatus(ledger, 9 * pace, pace).burn[0]).toMatchObject({ long_ms: 10 * pace, short_ms: pace });
  });

  it("always burn at last where all fails and at the slower rates too, whatever the window and the pace", () => {
    const minutes = fc.integer({ min: 1, max: 28 * 24 * 60 });
    fc.assert(
      fc.property(minutes, fc.integer({ min: 1, max: 3600 }), (windowMinutes, paceSeconds) => {
        fc.pre(windowMinutes * 60 >= 2 * paceSeconds);
        const ledger = new SloLedger(parseSlo(`success@99%/${windowMinutes}m`));
        const pace = paceSeconds * 1000;
        for (let poll = 0; poll < 10; poll++) ledger.add(poll * pace, poll * pace, { good: 0, total: 1 });
        expect(sloStatus(ledger, 9 * pace, pace).burn.map(({ exceeded }) => exceeded)).toEqual([true, true, true]);
      }),
      { endOnFailure: true },
    );
  });

  it("count whole requests, all of them, however long nobody looked", () => {
    fc.assert(
      fc.property(fc.nat(100_000), fc.nat(100_000), fc.nat(30 * 24 * 60), (good, bad, minutes) => {
        const ledger = new SloLedger(slo);
        ledger.add(0, minutes * MINUTE, { good, total: good + bad });
        expect(ledger.totals(minutes * MINUTE, Infinity)).toEqual({ good, total: good + bad });
        expect(ledger.entries.every((entry) => Number.isInteger(entry.total) && entry.good <= entry.total && entry.total > 0)).toBe(true);
      }),
      { endOnFailure: true },
    );
  });

  it("stay small over weeks of looking every second", () => {
    const ledger = new SloLedger(parseSlo("success@99%/2d"));
    for (let second = 1; second <= 3 * 24 * 3600; second++) ledger.add((second - 1) * 1000, second * 1000, { good: 1, total: 1 });
    expect(ledger.entries.length).toBeLessThan(2000);
    expect(ledger.totals(3 * 24 * HOUR, 2 * 24 * HOUR).total).toBeCloseTo(2 * 24 * 3600, -3);
  });

  it("spread what came while nobody looked", () => {
    const ledger = new SloLedger(slo);
    ledger.add(0, 10 * HOUR, { good: 900, total: 1000 });
    expect(ledger.totals(10 * HOUR, HOUR).total).toBeCloseTo(100, 0);
  });

  it("know nothing without requests", () => {
    expect(sloStatus(new SloLedger(slo), 0)).toMatchObject({ attained: null, met: null, error_budget_left: null });
    expect(burnRate({ good: 0, total: 0 }, slo)).toBeNull();
    expect(burnRate({ good: 1, total: 2 }, { share: 1 })).toBe(Infinity);
  });

  it("are counted by the server itself, else by the nearest edge below, else not at all", () => {
    const own = parsePrometheusText('llmops_slo_requests_total{slo="ttft<500ms@99%/28d"} 1\nllmops_requests_in_flight 0');
    expect(sloSource(slo, "llmops", own)?.kind).toBe("counters");
    expect(sloSource(slo, "llmops")).toMatchObject({ kind: "histogram", good: { bound: 0.5 } });
    expect(sloSource(parseSlo("e2e<1800ms"), "llmops")).toMatchObject({ good: { bound: 1.5 }, boundSeconds: 1.5 });
    const name = "vllm:time_to_first_token_seconds";
    const buckets = `${name}_bucket{le="0.25"} 1\n${name}_bucket{le="0.75"} 1\n`;
    const vllm = parsePrometheusText(`${buckets}${name}_count 2`);
    expect(sloSource(slo, "vllm", vllm)).toMatchObject({ good: { bound: 0.25 } });
    expect(sloSource(parseSlo("ttft<100ms"), "vllm", vllm)).toBeUndefined();
    // nobody knows of how many, and no edge is one of all models
    expect(sloSource(slo, "vllm", parsePrometheusText(buckets))).toBeUndefined();
    expect(sloSource(slo, "vllm", parsePrometheusText("vllm:num_requests_running 0"))).toBeUndefined();
    const others = parsePrometheusText(`${buckets}${name}_count 2\n${name}_bucket{m="b",le="0.3"} 1\n${name}_count{m="b"} 2`);
    expect(sloSource(slo, "vllm", others)).toBeUndefined();
    expect(sloSource(slo, "llamacpp")).toBeUndefined();
  });
});

describe("files of rules", () => {
  function file(content: string): string {
    const path = join(temporaryFolder(), "alerts.yaml");
    writeFileSync(path, content);
    return path;
  }

  it("have thresholds, objectives and absences, and sinks", () => {
    const plan = readAlertFile(
      file(`
rules:
  - {name: Slow, when: p95_response_time > 2s, over: 10m, for: 5m, severity: critical, summary: Too slow}
  - {name: FirstToken, slo: "ttft<500ms@99%/28d"}
  - {name: Gone, absent: target, for: 90s}
sinks: [stdout, {webhook: "https://hooks.slack.com/services/x"}, {command: ./notify.sh}]
repeat_every: 1h
at_most_per_hour: 5
`),
    );
    expect(plan.rules.map(({ name, forMs }) => [name, forMs])).toEqual([
      ["Slow", 300_000],
      ["FirstTokenBurn14_4x", 0],
      ["FirstTokenBurn6x", 0],
      ["FirstTokenBurn1x", 0],
      ["Gone", 90_000],
    ]);
    expect(plan.rules[0]?.cause).toMatchObject({ overMs: 600_000 });
    expect(plan).toMatchObject({ repeatMs: HOUR, mostPerHour: 5 });
    expect(plan.sinks.map(({ kind }) => kind)).toEqual(["stdout", "webhook", "command"]);
  });

  it.each([
    ["rules: [{name: A, when: p95<1s}]", "rule A", "Available:"],
    ["rules: [{name: A, when: error_rate>1%, absent: target}]", "rules.0", ""],
    ["rules: [{name: A, absent: targt}]", 'nothing named "targt"', "Did you mean target?"],
    ["rules: [{name: A, slo: fast}]", "not an objective", ""],
    ["rules: [{name: A-B, absent: target}]", "letters, digits", ""],
    ["rules: [{name: A, absent: target, for: long}]", "not a duration", ""],
    ["rules: [{name: A, absent: target}, {name: A, absent: memory}]", "two rules named A", ""],
    ["rules: [{name: A, absent: target, wen: x}]", "wen", ""],
    ["rules: [{name: A, when: error_rate>1%, over: 7h}]", "cannot look back 25200 s", "up to 6h"],
    ["sinks: [{webhook: ftp://x}]", "sinks.0", ""],
    ["rules: [", "cannot be read", "init alerts"],
  ])("refuse %j", async (content, message, hint) => {
    const error = await errorOf(() => readAlertFile(file(content)));
    expect(error.code).toBe("CONFIG_INVALID");
    expect(error.message).toContain(message);
    expect(error.hint ?? "").toContain(hint);
  });

  it("become Prometheus rules, saying what Prometheus cannot know", async () => {
    const rules = [...defaultAlerts().rules, ...burnRules(parseSlo("e2e<1800ms"))];
    const { yaml, notes } = toPrometheusRules(rules, { dialect: "llmops", selector: "" });
    expect(yaml).toContain("alert: HighResponseTime");
    expect(notes).toHaveLength(1);
    const probing = readAlertFile(file("rules: [{name: A, when: probe_latency>1s}]")).rules;
    const error = await errorOf(() => toPrometheusRules(probing, { dialect: "llmops", selector: "" }));
    expect(error.hint).toContain("probe_latency is of the probe");
  });
});

describe("notices", () => {
  const notice = (name: string, time: number): AlertNotice => {
    return { name, severity: "warning", summary: "s", since: 0, evidence: "e", event: "firing", time, target: "http://t" };
  };

  it("are tried again in their order until a sink takes them", async () => {
    const taken: string[] = [];
    const problems: string[] = [];
    let works = false;
    const sink = (one: AlertNotice) => {
      if (works) taken.push(one.name);
      return Promise.resolve(works ? undefined : "down");
    };
    const board = new NoticeBoard([sink], { mostPerHour: 10, onProblem: (text) => problems.push(text) });
    await board.post([notice("A", 0), notice("B", 0)], 0);
    await board.post([notice("C", 1)], 1);
    works = true;
    await board.post([], 2);
    expect(taken).toEqual(["A", "B", "C"]);
    expect(problems).toHaveLength(1);
  });

  it("are no more than so many an hour; past it the newest of each alert waits", async () => {
    const taken: string[] = [];
    const problems: string[] = [];
    const sink = ({ name, time }: AlertNotice) => {
      taken.push(`${name}${time}`);
      return Promise.resolve(undefined);
    };
    const board = new NoticeBoard([sink], { mostPerHour: 2, onProblem: (text) => problems.push(text) });
    for (let i = 0; i < 5; i++) await board.post([notice("A", i)], i);
    expect(taken).toEqual(["A0", "A1"]);
    expect(problems).toHaveLength(1);
    await board.post([], HOUR + 5);
    expect(taken).toEqual(["A0", "A1", "A4"]);
  });

  it("are one line, whatever the server calls itself or answers", async () => {
    const lines: string[] = [];
    const sink = createSink({ kind: "stdout" }, { write: (line) => lines.push(line), secret: () => "" });
    await sink({ ...notice("A", 0), evidence: "no\nRESOLVED critical A\u001b[2J" });
    expect(lines).toEqual(["FIRING warning A http://t: s (no RESOLVED critical A [2J)"]);
  });

  it("reach commands as JSON on standard input; what fails says why", async () => {
    const folder = temporaryFolder();
    const options = { write: () => undefined, secret: () => "" };
    const sink = createSink({ kind: "command", command: `cat > ${folder}/got.json` }, options);
    expect(await sink(notice("A", 0))).toBeUndefined();
    const { readFileSync } = await import("node:fs");
    expect(JSON.parse(readFileSync(join(folder, "got.json"), "utf8"))).toMatchObject({
      schema: "llmops.alert/1",
      name: "A",
      target: "http://t",
    });
    const broken = createSink({ kind: "command", command: "echo no >&2; exit 3" }, options);
    expect(await broken(notice("A", 0))).toContain("ended with 3: no");
  });
});
