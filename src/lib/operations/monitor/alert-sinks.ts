import { z } from "zod";
import { spawn } from "node:child_process";
import { childEnvironment } from "../../base/config/mlflow-environment.js";
import { chatText, messageLine } from "../../base/http/chat-text.js";
import { sendWebhook } from "../../base/http/webhook.js";
import { type AlertEvent, alertEventSchema } from "./alert-book.js";
import type { SinkDefinition } from "./alert-rules.js";

export const alertNoticeSchema = alertEventSchema.extend({
  target: z.string(),
});

/** An alert of a server, as webhooks and commands get it. */
export type AlertNotice = z.infer<typeof alertNoticeSchema>;

/** Delivers a notice; returns what went wrong, if anything. */
export type Sink = (notice: AlertNotice) => Promise<string | undefined>;

const COMMAND_TIMEOUT_MS = 30_000;
const SLACK = /^https:\/\/hooks\.slack\.com\//;
const SIGNS: Record<AlertEvent["event"], string> = { firing: "FIRING", "still firing": "STILL FIRING", resolved: "RESOLVED" };

/** Makes sinks of their definitions. `write` prints a line; `secret` reads an environment variable, and throws where it is not set. */
export function createSink(
  definition: SinkDefinition,
  { write, secret }: { write: (line: string) => void; secret: (name: string) => string },
): Sink {
  if (definition.kind === "stdout") {
    return async (notice) => {
      write(describeNotice(notice));
      return undefined;
    };
  }
  if (definition.kind === "command") return (notice) => runCommand(definition.command, notice);
  const url = definition.url ?? secret(definition.urlEnv ?? "");
  const isSlack = definition.format === "slack" || SLACK.test(url);
  return (notice) => sendWebhook(url, isSlack ? toSlack(notice) : toDocument(notice));
}

/** An alert in a line: "FIRING critical TargetDown http://...: The server cannot be reached (connection refused)". */
export function describeNotice({ event, severity, name, target, summary, evidence }: AlertNotice): string {
  return messageLine(`${SIGNS[event]} ${severity} ${name} ${target}: ${summary}${evidence === "" ? "" : ` (${evidence})`}`);
}

function toDocument({ time, since, ...notice }: AlertNotice): object {
  return { schema: "llmops.alert/1", ...notice, since: new Date(since).toISOString(), time: new Date(time).toISOString() };
}

/** Slack's incoming webhooks take a text; Mattermost, Rocket.Chat and Discord (at /slack) take the same. */
function toSlack(notice: AlertNotice): object {
  const color = notice.event === "resolved" ? "#2eb67d" : notice.severity === "critical" ? "#e01e5a" : "#ecb22e";
  const { name, target, summary, evidence, event } = notice;
  return {
    text: `*${SIGNS[event]}* ${chatText(name)} on ${chatText(target)}`,
    attachments: [{ color: color, text: chatText(evidence === "" ? summary : `${summary}: ${evidence}`) }],
  };
}

/** Runs a command of the shell with the notice as JSON on standard input, and its main fields in the environment. */
function runCommand(command: string, notice: AlertNotice): Promise<string | undefined> {
  return new Promise((resolve) => {
    const environment = {
      ALERT_NAME: notice.name,
      ALERT_EVENT: notice.event,
      ALERT_SEVERITY: notice.severity,
      ALERT_TARGET: notice.target,
    };
    const child = spawn(command, {
      shell: true,
      env: childEnvironment(environment),
      stdio: ["pipe", "ignore", "pipe"],
      timeout: COMMAND_TIMEOUT_MS,
    });
    let complaint = "";
    child.stderr.on("data", (data: Buffer) => (complaint = `${complaint}${data.toString("utf8")}`.slice(-200)));
    child.stdin.on("error", () => undefined); // a command need not read it
    child.stdin.end(`${JSON.stringify(toDocument(notice))}\n`);
    child.on("error", (error) => resolve(`${command}: ${error.message}.`));
    child.on("close", (code, signal) => {
      if (code === 0) resolve(undefined);
      else resolve(`${command} ended with ${signal ?? code}${complaint === "" ? "" : `: ${complaint.trim()}`}.`);
    });
  });
}
