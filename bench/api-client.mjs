// A client of the tracking API in a process of its own: it logs a metric of a run twenty times a second until it is told to end, and then
// says what each request took, in milliseconds. Started by ui.mjs, whose own process has a browser to steer.
const [url, runId] = process.argv.slice(2);
const times = [];

const timer = setInterval(async () => {
  const body = JSON.stringify({ run_id: runId, key: "logged", value: times.length, timestamp: Date.now(), step: times.length });
  const start = performance.now();
  const answer = await fetch(`${url}/api/2.0/mlflow/runs/log-metric`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body,
  });
  await answer.text();
  if (!answer.ok) throw new Error(`log-metric: ${answer.status}`);
  times.push(performance.now() - start);
}, 50);

process.on("message", () => {
  clearInterval(timer);
  process.send(times, () => process.disconnect());
});
