import { subscribe, unsubscribe } from "node:diagnostics_channel";

/** A store that nothing is asked of: routes are declared, never called. */
export const NO_STORE = new Proxy(() => undefined, { get: (_, name) => (name === "then" ? undefined : NO_STORE) });

/**
 * The routes of a Fastify app in the order they are declared, each with its methods, its path as OpenAPI has it, and the description it was
 * declared with, if it has one. Routes that Fastify adds by itself (HEAD, OPTIONS) are left out.
 */
export async function routesOf(createApp) {
  const routes = [];
  const watch = ({ fastify }) =>
    fastify.addHook("onRoute", ({ method, url, config }) => {
      const methods = [method].flat().filter((one) => one !== "HEAD" && one !== "OPTIONS");
      if (methods.length > 0) routes.push({ methods, path: url.replace(/:(\w+)/g, "{$1}"), description: config?.description });
    });
  subscribe("fastify.initialization", watch);
  try {
    const app = await createApp();
    await app.ready();
    await app.close();
  } finally {
    unsubscribe("fastify.initialization", watch);
  }
  return routes;
}
