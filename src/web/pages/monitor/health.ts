import type { WatchedServer } from "../../api/monitors.js";

/** A word for how a server is known to be, and its tone: what nobody watches is neither good nor bad. */
export function healthOf({ state, document }: WatchedServer): { word: string; tone: "good" | "bad" | "warn" | "none" } {
  if (state === "stopped") return { word: "Not watched", tone: "none" };
  if (state === "silent") return { word: "Monitor silent", tone: "warn" };
  if (!document) return { word: "No poll yet", tone: "none" };
  if (!document.up) return { word: "Down", tone: "bad" };
  const isFiring = document.alerts.some((alert) => alert.state === "firing");
  return isFiring ? { word: "Up, alerts fire", tone: "bad" } : { word: "Up", tone: "good" };
}
