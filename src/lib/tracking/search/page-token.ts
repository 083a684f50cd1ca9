import { invalid } from "../mlflow-error.js";

/** The token of the page that starts at an offset, written as MLflow does. */
export function toPageToken(offset: number): string {
  return Buffer.from(`{"offset": ${offset}}`, "utf8").toString("base64");
}

/** The offset a token names; 0 without one. Throws INVALID_PARAMETER_VALUE. */
export function parsePageToken(token: string | undefined): number {
  if (token === undefined || token === "") return 0;
  if (!/^[A-Za-z0-9+/_-]+=*$/.test(token)) throw invalid("Invalid page token, could not base64-decode");
  try {
    const { offset } = JSON.parse(Buffer.from(token, "base64").toString("utf8")) as { offset?: unknown };
    if (typeof offset === "number" && Number.isSafeInteger(offset) && offset >= 0) return offset;
  } catch {
    // answered below
  }
  throw invalid("Invalid page token, parsed value is not an offset");
}

/** Checks max_results as MLflow does: 1 to the limit. */
export function checkMaxResults(maxResults: number, limit: number): number {
  if (Number.isInteger(maxResults) && maxResults >= 1 && maxResults <= limit) return maxResults;
  throw invalid(`Invalid value ${maxResults} for parameter 'max_results' supplied. It must be at least 1 and at most ${limit}.`);
}
