// Loads on an OpenAI-compatible server: closed loops (so many clients, each sending its next request when the last is done) and open ones
// (requests come when they come, whatever became of those before).
import { Agent, request } from "node:http";
import { medianSorted, quantileSorted } from "simple-statistics";

const LETTERS = "abcdefghijklmnopqrstuvwxyz";
let words = 12345;

/** Words that no other call gives: prompts of them share nothing. */
export function uniqueWords(count) {
  return Array.from({ length: count }, () => {
    words = (Math.imul(words ^ (words >>> 15), 0x2c1b3c6d) + 0x9e3779b9) >>> 0;
    return [0, 1, 2].map((i) => LETTERS[Math.floor(words / 26 ** i) % 26]).join("");
  }).join(" ");
}

/** Sends one streamed chat request; times are milliseconds from the start. llama-server drops some connections unanswered: those are tried again. */
async function ask(to, body, onToken, tries = 5) {
  try {
    return await send(to, body, onToken);
  } catch (error) {
    if (error.code !== "ECONNRESET" || tries === 0) throw error;
    return ask(to, body, onToken, tries - 1);
  }
}

function send({ agent, url, key }, body, onToken) {
  const start = performance.now();
  const times = [];
  let usage;
  return new Promise((resolve, reject) => {
    const sent = request(
      `${url}/chat/completions`,
      { method: "POST", agent, headers: { "content-type": "application/json", ...(key && { authorization: `Bearer ${key}` }) } },
      (response) => {
        let rest = "";
        response.setEncoding("utf8");
        response.on("data", (piece) => {
          const now = performance.now() - start;
          const events = (rest + piece).split("\n\n");
          rest = events.pop();
          for (const event of events) {
            if (!event.startsWith("data: {")) continue;
            const data = JSON.parse(event.slice(6));
            if (data.error) return reject(new Error(JSON.stringify(data.error)));
            if (data.choices[0]?.delta?.content) {
              times.push(now);
              onToken?.();
            }
            if (data.usage) usage = data.usage;
          }
        });
        response.on("end", () => {
          if (response.statusCode !== 200) return reject(new Error(`HTTP ${response.statusCode}: ${rest}`));
          resolve({
            times,
            totalMs: performance.now() - start,
            tokens: usage?.completion_tokens ?? times.length,
            prompt: usage?.prompt_tokens,
          });
        });
        response.on("error", reject);
      },
    );
    sent.on("error", reject);
    sent.end(JSON.stringify({ ...body, stream: true, stream_options: { include_usage: true } }));
  });
}

/** Runs a closed loop: `bodyOf(i)` gives the i-th request; `onToken` hears of every token. */
export async function runLoad({ url, key, clients, requests, bodyOf, onToken }) {
  // llama-server closes kept connections at moments of its own: a connection per request treats all the same
  const agent = new Agent({ keepAlive: false, maxSockets: clients });
  const done = [];
  let next = 0;
  const start = performance.now();
  const client = async () => {
    while (next < requests) done.push(await ask({ agent, url, key }, bodyOf(next++), onToken));
  };
  await Promise.all(Array.from({ length: clients }, client));
  const seconds = (performance.now() - start) / 1000;
  agent.destroy();
  const firsts = sorted(done.map((d) => d.times[0] ?? d.totalMs));
  const gaps = sorted(done.flatMap((d) => d.times.slice(1).map((t, i) => t - d.times[i])));
  return {
    seconds,
    tokensPerSecond: done.reduce((sum, d) => sum + d.tokens, 0) / seconds,
    firstP50: medianSorted(firsts),
    firstP95: quantileSorted(firsts, 0.95),
    gapP50: gaps.length > 0 ? medianSorted(gaps) : 0,
    promptTokens: done.reduce((sum, d) => sum + (d.prompt ?? 0), 0) / done.length,
  };
}

/** A number in [0, 1) after the other, the same ones for the same seed. */
function seededRandom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** Moments of a Poisson process, in milliseconds from 0 until the end. */
export function poissonArrivals({ perSecond, seconds, seed }) {
  const random = seededRandom(seed);
  const moments = [];
  for (let at = 0; ; moments.push(at)) {
    at -= (1000 * Math.log(1 - random())) / perSecond;
    if (at >= 1000 * seconds) return moments;
  }
}

/**
 * Runs an open loop: the i-th request is sent at the i-th moment. Gives the milliseconds from that moment to the first token of each, and
 * those between tokens.
 */
export async function runOpenLoop({ url, key, arrivals, bodyOf }) {
  const agent = new Agent({ keepAlive: false });
  const start = performance.now();
  const answers = arrivals.map(async (moment, i) => {
    await new Promise((resolve) => setTimeout(resolve, start + moment - performance.now()));
    const sentLate = performance.now() - start - moment;
    const { times, totalMs } = await ask({ agent, url, key }, bodyOf(i));
    return { first: sentLate + (times[0] ?? totalMs), gaps: times.slice(1).map((time, j) => time - times[j]) };
  });
  const done = await Promise.all(answers);
  agent.destroy();
  return { firsts: done.map(({ first }) => first), gaps: done.flatMap(({ gaps }) => gaps) };
}

/** The quantile of numbers in any order; NaN of none. */
export function quantileOf(values, share) {
  return values.length === 0 ? NaN : quantileSorted(sorted([...values]), share);
}

const sorted = (values) => values.sort((a, b) => a - b);

/** The median of one measure over several runs. */
export function medianOf(runs, measure) {
  return medianSorted(sorted(runs.map((run) => run[measure])));
}
