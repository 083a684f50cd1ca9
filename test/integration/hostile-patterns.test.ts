import { expect, it } from "vitest";
import { readReply } from "../../src/lib/experiments/judge/read-reply.js";
import { readServerWords } from "../../src/lib/inference/openai/server-words.js";
import { csvText } from "../../src/lib/report/csv.js";
import { escapeCell } from "../../src/lib/report/markdown-table.js";
import { withoutUrlCredentials } from "../../src/lib/base/errors/url-credentials.js";
import { parseJson } from "../../src/lib/experiments/dataset/written-values.js";
import { normalize } from "../../src/lib/experiments/scoring/normalize.js";
import { readabilityScorer } from "../../src/lib/experiments/scoring/readability.js";
import { refusalScorer } from "../../src/lib/experiments/scoring/refusal.js";
import { parseTrainingLog } from "../../src/lib/experiments/runs/training-log.js";
import { AllowedStores } from "../../src/lib/tracking/allowed-stores.js";
import { findVersion, resolveStoreUri } from "../../src/lib/tracking/resolve-model.js";
import { processorTime } from "../helpers/processor-time.js";
import { trackingServer } from "../helpers/tracking-server.js";

const LENGTH = 30_000;
/** Of processor time: what is quadratic takes seconds, what is linear a few milliseconds. */
const MOST_MS = 400;

/** A line begins after each of them for an expression with the flag m. */
const LINE_ENDS = ["\n", "\r", "\u2028"];
const answered = (text: string) => ({ text }) as never;
const stores = new AllowedStores({ configured: "/nowhere", listed: [] });
const READERS: [string, (text: string) => unknown, string[]][] = [
  ["a URL in an error", withoutUrlCredentials, ["a.b", "a:", "a://", "a-"]],
  ["a cell of a CSV file", (text) => csvText([[text]], { raw: false }), ["1", ".", " ", "="]],
  ["a cell of a Markdown table", escapeCell, [" ", "\u3000", "\n", "a "]],
  ["an answer to be compared", (text) => normalize(text), ["\n", " ", "*", "`", "a.", "*a "]],
  ["an answer whose readability is scored", (text) => readabilityScorer.score(answered(""), answered(text)), [".", "a'", "a. "]],
  ["an answer that may be a refusal", (text) => refusalScorer.score(answered(""), answered(text)), ["üzgünüm", "sorry ", "n’t"]],
  ["a judge's reply", (text) => readReply(text, "score"), [...LINE_ENDS, '\\"', "justification", "score: ", "score:\n", "{", "<think>"]],
  ["a judge's reply that is cut off", (text) => readReply(`{${text}`, "score"), ['\\"', '"', "\n", "score:"]],
  ["a training log", (text) => attempt(() => parseTrainingLog(`[{"a":${text}}]`, "log.json")), [" ", '\\"', "NaN ", "-"]],
  ["a page of an upstream", readServerWords, ["<", "<title", "<html>", "<a"]],
  ["the URI of a model", (text) => settled(findVersion({ registry: {} } as never, `models:/${text}`)), ["/", "@", "a/", "a@"]],
  ["the URI of a run", (text) => settled(resolveStoreUri({} as never, `runs:/${text}\n`, "")), ["/", "a", "a/"]],
  ["a row of a dataset", (text) => attempt(() => parseJson(`{"a":NaN,${text}}`)), ['\\"', '"', " ", "NaN "]],
  ["a store that a request names", (text) => attempt(() => stores.find(`http://h${text}`)), ["/", "a/"]],
];

function attempt(work: () => unknown): void {
  try {
    work();
  } catch {
    // what is refused is refused quickly too
  }
}

function settled(work: Promise<unknown>): void {
  work.catch(() => undefined);
}

it.each(READERS)("%s of 30,000 characters is read at once, whatever stands in it", (_, read, pieces) => {
  for (const piece of pieces) {
    for (const [begin, end] of [
      ["", ""],
      ["a", "\u0001"],
      ["1", "x y"],
      ["<html>", "z"],
    ] as const) {
      const text = begin + piece.repeat(Math.ceil(LENGTH / piece.length)) + end;
      const spent = processorTime();
      read(text);
      expect(spent(), JSON.stringify(piece)).toBeLessThan(MOST_MS);
    }
  }
});

it("headers and paths of requests are read at once", async () => {
  const { url } = await trackingServer();
  const ms = async (path: string, init: RequestInit) => {
    const spent = processorTime();
    await (await fetch(url + path, init)).text();
    return spent();
  };
  await ms("/health", {}); // the first connection is slower
  const headers = { "content-encoding": `x${"\u00a0".repeat(12_000)}x`, "content-type": "application/json" };
  expect(await ms("/api/2.0/mlflow/runs/search", { method: "POST", headers, body: "{}" })).toBeLessThan(MOST_MS);
  expect(await ms(`/api/2.0/mlflow-artifacts/artifacts?path=a${"/".repeat(12_000)}x`, {})).toBeLessThan(MOST_MS);
});
