import { spawn } from "node:child_process";
import { hasDesktop } from "../../lib/base/config/environment.js";
import { isUnspecifiedAddress } from "../../lib/base/http/addresses.js";
import { isTerminal } from "./terminal-output.js";

/** What opens a URL in the browser that its user chose: a program, and arguments before the URL. No shell reads it. */
const OPENERS: Partial<Record<NodeJS.Platform, readonly [program: string, ...first: string[]]>> = {
  darwin: ["open"],
  win32: ["rundll32", "url.dll,FileProtocolHandler"],
};
const OTHER_OPENER = ["xdg-open"] as const;

/** Whether people who run a command here expect a browser: at a terminal, on a machine with a desktop. */
export function opensBrowsers(): boolean {
  return isTerminal("stdout") && hasDesktop();
}

/** Where the web application of a server is for browsers of this machine: a server that listens on every address is reached by loopback. */
export function applicationUrl(serverUrl: string): string {
  const url = new URL("/app/", serverUrl);
  if (isUnspecifiedAddress(url.hostname)) url.hostname = url.hostname.startsWith("[") ? "[::1]" : "127.0.0.1";
  return url.href;
}

/** Opens a URL in the browser, which stays when this process ends. Returns what went wrong, if anything. */
export function openBrowser(url: string): Promise<string | undefined> {
  const [program, ...first] = OPENERS[process.platform] ?? OTHER_OPENER;
  const opener = spawn(program, [...first, url], { detached: true, stdio: "ignore" });
  return new Promise((resolve) => {
    opener.once("error", ({ message }) => resolve(message));
    opener.once("spawn", () => {
      opener.unref();
      resolve(undefined);
    });
  });
}
