// Claim: an endpoint that limits its rate gets every call answered, at 80 % or more of what it allows.
//   node bench/rate-limit.mjs [--requests 10] [--seconds 2] [--calls 300] [--concurrency 16]
// Endpoints of this process allow so many requests in each window, fixed or sliding, and refuse the others with 429; they say when to
// come back in whole seconds, in milliseconds, or not at all. No attempt may be used up by a refusal.
import { createServer } from "node:http";
import { parseArgs } from "node:util";
import { ask } from "../dist/lib/inference/gateway/ask.js";
import { EndpointTarget } from "../dist/lib/inference/openai/endpoint-target.js";
import { RateWatch } from "../dist/lib/inference/openai/rate-watch.js";

const { values: options } = parseArgs({
  options: {
    requests: { type: "string", default: "10" },
    seconds: { type: "string", default: "2" },
    calls: { type: "string", default: "300" },
    concurrency: { type: "string", default: "16" },
  },
});
const [requests, windowMs, calls] = [Number(options.requests), Number(options.seconds) * 1000, Number(options.calls)];
const ANSWER = JSON.stringify({
  choices: [{ index: 0, message: { role: "assistant", content: "yes" }, finish_reason: "stop" }],
  usage: { prompt_tokens: 5, completion_tokens: 1 },
});
const HEADERS = {
  "whole seconds": (ms) => ({ "retry-after": String(Math.ceil(ms / 1000)) }),
  milliseconds: (ms) => ({ "retry-after-ms": String(Math.ceil(ms)) }),
  nothing: () => ({}),
};

/** Listens on a port of its own, and returns it with a way to close. */
function limited(kind, headersOf) {
  let taken = [];
  const start = performance.now();
  const server = createServer((request, response) => {
    request.resume().on("end", () => {
      const now = performance.now();
      const begin = kind === "fixed" ? now - ((now - start) % windowMs) : now - windowMs;
      taken = taken.filter((time) => time > begin);
      if (taken.length < requests) {
        taken.push(now);
        response.writeHead(200, { "content-type": "application/json" }).end(ANSWER);
      } else {
        const wait = (kind === "fixed" ? begin : taken[0]) + windowMs - now;
        response.writeHead(429, { "content-type": "application/json", ...headersOf(wait) }).end('{"error": {"message": "slow down"}}');
      }
    });
  });
  return new Promise((resolve) =>
    server.listen(0, "127.0.0.1", () => resolve({ url: `http://127.0.0.1:${server.address().port}`, close: () => server.close() })),
  );
}

async function measure(kind, header) {
  const { url, close } = await limited(kind, HEADERS[header]);
  const rates = new RateWatch();
  const target = await EndpointTarget.connect({ url, model: "m", rates });
  const signal = new AbortController().signal;
  const request = { messages: [{ role: "user", content: "yes?" }], maxTokens: 1 };
  const start = performance.now();
  let open = calls;
  let answered = 0;
  const worker = async () => {
    while (open-- > 0) {
      const { text } = await ask(request, { target, signal, timeoutMs: 60_000, retries: 0 });
      if (text === "yes") answered++;
    }
  };
  await Promise.allSettled(Array.from({ length: Number(options.concurrency) }, worker));
  const seconds = (performance.now() - start) / 1000;
  const [{ refused = 0, lowest_concurrency: lowest = Number(options.concurrency) } = {}] = rates.documents();
  await target.close();
  close();
  const share = answered / seconds / ((requests / windowMs) * 1000);
  return `${kind.padEnd(8)} ${header.padEnd(14)} ${answered}/${calls} answered, ${refused} refused, ${(share * 100).toFixed(0)} % of the limit, ${seconds.toFixed(1)} s, fewest at a time ${lowest}`;
}

console.log(`${requests} requests in ${options.seconds} s, ${options.concurrency} at a time; window, what refusals say, result:`);
const cases = ["fixed", "sliding"].flatMap((kind) => Object.keys(HEADERS).map((header) => [kind, header]));
for (const line of await Promise.all(cases.map(([kind, header]) => measure(kind, header)))) console.log(line);
process.exit();
