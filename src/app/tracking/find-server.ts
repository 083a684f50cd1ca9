import { fileIdentity } from "../../lib/base/files/same-file.js";
import { isUnspecifiedAddress } from "../../lib/base/http/addresses.js";
import { databasePathOf } from "../../lib/tracking/open-local-store.js";
import { isPostgresUri, postgresIdentity } from "../../lib/tracking/postgres-uri.js";

/** A server of this machine has nothing to wait for. */
const PATIENCE_MS = 5000;

/** The URL of the server that listens there, if it is one of ours and serves this store; undefined otherwise. It is shown no token. */
export async function findServerOf(store: string, { host, port }: { host: string; port: number }): Promise<string | undefined> {
  const identity = isPostgresUri(store) ? postgresIdentity(store) : fileIdentity(databasePathOf(store));
  const url = `http://${isUnspecifiedAddress(host) ? "127.0.0.1" : host.includes(":") ? `[${host}]` : host}:${port}`;
  try {
    const answer = await fetch(`${url}/api/llmops/1/store`, { redirect: "error", signal: AbortSignal.timeout(PATIENCE_MS) });
    const { store: served } = (await answer.json()) as { store?: unknown };
    return answer.ok && identity !== undefined && served === identity ? url : undefined;
  } catch {
    return undefined; // something else listens there
  }
}
