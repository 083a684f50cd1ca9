// Adds one to a count under a lock, so many times; one that "dies" is killed while it holds it, after the last time.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { withFileLock } from "../../dist/lib/base/files/file-lock.js";

const [folder, times, end] = process.argv.slice(2);
const path = join(folder, "count");
for (let time = 1; time <= Number(times); time++) {
  await withFileLock(join(folder, "lock"), async () => {
    const count = Number(readFileSync(path, "utf8"));
    await sleep(1);
    writeFileSync(path, String(count + 1));
    if (end === "dies" && time === Number(times)) process.kill(process.pid, "SIGKILL");
  });
}
