import { existsSync, lstatSync, readdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Settings } from "../../base/config/settings.js";
import { counted } from "../../base/errors/counted.js";
import { isLoopbackHost } from "../../base/http/addresses.js";
import { ok, warning, type Check, type Finding } from "./finding.js";

export interface ExposureFacts {
  settings: Settings;
  /** The file of `llmops keys`. */
  keyFile: string;
  /** Requests need a key: of that file, of a flag, or of the environment. */
  keysAreNeeded: boolean;
  /** Keys, journals, studies. */
  stateFolder: string;
  /** The database of a store on this machine. */
  database: string | undefined;
}

/** Looked at, at most: a folder of studies grows for years. */
const MOST_FILES = 5000;
const SHOWN = 3;
const READABLE_BY_OTHERS = 0o077;

/** Who could reach what is served and kept here: keys, the address, names and origins, and the modes of files. */
export function exposureChecks(facts: ExposureFacts): Check[] {
  return [
    { name: "API keys", run: () => checkKeys(facts) },
    { name: "exposure", run: () => checkExposure(facts.settings) },
    { name: "file modes", run: () => checkModes(facts) },
  ];
}

function checkKeys({ settings, keyFile, keysAreNeeded }: ExposureFacts): Finding {
  if (keysAreNeeded) return ok(existsSync(keyFile) ? keyFile : "from the environment or a file");
  const host = settings["server.host"];
  if (isLoopbackHost(host)) return ok("none, and only this machine reaches the server");
  return warning(
    `none, but the server listens on ${host}`,
    "Anyone who reaches it can use it: llmops keys create NAME, or LLMOPS_API_KEY.",
  );
}

/** The server speaks plain HTTP: what others reach wants TLS in front of it. */
function checkExposure(settings: Settings): Finding {
  const host = settings["server.host"];
  const everything = (["security.allowed_hosts", "security.cors_origins"] as const).filter((name) => settings[name].includes("*"));
  if (everything.length > 0) {
    return warning(
      `${everything.join(" and ")} ${everything.length === 1 ? "allows" : "allow"} everything (*)`,
      "Name the hosts and origins that are yours: pages of others can ask the server otherwise.",
    );
  }
  if (isLoopbackHost(host)) return ok(`${host}: only this machine`);
  return warning(
    `the server listens on ${host} in plain HTTP`,
    "Put a proxy with TLS in front (nginx, Caddy, an ingress), listen on 127.0.0.1 where it is on this machine, and name its host with --allowed-hosts.",
  );
}

function checkModes({ stateFolder, database }: ExposureFacts): Finding {
  if (process.platform === "win32") return ok("the permissions of this system are its own");
  const stores = database === undefined ? [] : [database, `${database}-wal`, `${database}-shm`];
  const shared = [...filesIn(stateFolder), ...stores.filter((path) => existsSync(path))].filter(isReadableByOthers);
  if (shared.length === 0) return ok("keys, journals and the store are yours alone");
  const more = shared.length > SHOWN ? ` and ${shared.length - SHOWN} more` : "";
  const folders = [...new Set(shared.map((path) => (stores.includes(path) ? path : stateFolder)))];
  return warning(
    `${counted(shared.length, "file")} with keys, prompts or answers can be read by others: ${shared.slice(0, SHOWN).join(", ")}${more}`,
    `chmod -R go= ${folders.join(" ")}`,
  );
}

/** The files below a folder that others could come to, as many as are looked at; none where the folder itself is closed to them. */
function filesIn(folder: string): string[] {
  if (!existsSync(folder) || !isReadableByOthers(folder) || isClosed(dirname(folder))) return [];
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).slice(0, MOST_FILES);
  return names.map((name) => join(folder, name)).filter((path) => lstatSync(path, { throwIfNoEntry: false })?.isFile() === true);
}

function isClosed(folder: string): boolean {
  return (statSync(folder).mode & 0o011) === 0;
}

function isReadableByOthers(path: string): boolean {
  return ((statSync(path, { throwIfNoEntry: false })?.mode ?? 0) & READABLE_BY_OTHERS) !== 0;
}
