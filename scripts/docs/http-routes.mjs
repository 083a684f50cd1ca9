/** A store that nothing is asked of: routes are declared, never called. */
const NO_STORE = new Proxy(() => undefined, { get: (_, name) => (name === "then" ? undefined : NO_STORE) });

/** The routes below /api that an app made by `createTrackingApp` answers, as "GET /api/...". */
export async function trackingRoutes(createTrackingApp) {
  const app = await createTrackingApp(NO_STORE, { host: "127.0.0.1", allowedHosts: [], allowedOrigins: [] });
  await app.ready();
  const routes = readTree(app.printRoutes({ commonPrefix: false }));
  await app.close();
  return routes.filter((route) => route.includes(" /api/")).sort((a, b) => (pathOf(a) < pathOf(b) ? -1 : 1));
}

const pathOf = (route) => route.split(" ")[1] ?? "";

/** Fastify's picture of its routes: a tree in which a line has the end of a path, below its beginning. */
function readTree(tree) {
  const beginnings = [];
  return tree.split("\n").flatMap((line) => {
    const [, indent = "", part = "", methods = ""] = /^([│├└─ ]*)(\S+)(?: \(([A-Z, ]+)\))?/.exec(line) ?? [];
    const depth = indent.length / 4;
    beginnings[depth] = (depth > 1 ? (beginnings[depth - 1] ?? "") : "") + part;
    const shown = methods.split(", ").filter((method) => method !== "" && method !== "HEAD");
    return shown.length === 0 ? [] : [`${shown.join("|")} ${beginnings[depth]}`];
  });
}
