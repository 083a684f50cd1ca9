// What `llmops` is in a script of the documentation: has its command run by the tests' process (warm-shell.ts) and ends as it did.
import { createConnection } from "node:net";

const [, , socket, ...args] = process.argv;
const connection = createConnection(socket);
let answer = "";
connection.setEncoding("utf8").on("data", (text) => (answer += text));
connection.on("end", () => {
  const { code, stdout, stderr } = JSON.parse(answer);
  process.stdout.write(stdout);
  process.stderr.write(stderr);
  process.exitCode = code ?? 1;
});
connection.write(`${JSON.stringify({ args, cwd: process.cwd(), env: process.env })}\n`);
