import { messageOf } from "../errors/llmops-error.js";

const TIMEOUT_MS = 10_000;

/** Posts JSON to a URL, of which only the origin is told: the path of a webhook is its password. Returns what went wrong, if anything: a webhook never fails what it tells about. */
export async function sendWebhook(url: string, body: object): Promise<string | undefined> {
  try {
    const answer = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    return answer.ok ? undefined : `${new URL(url).origin} answered ${answer.status}.`;
  } catch (error) {
    return `${URL.canParse(url) ? new URL(url).origin : "The webhook"}: ${messageOf(error instanceof Error && error.cause !== undefined ? error.cause : error)}.`;
  }
}
