import type { FastifyInstance } from "fastify";
import { FORWARD_SCRIPT } from "./application.js";
import { routeConfig } from "./route-config.js";

/** Pages for people, as whole HTML documents. */
export interface StorePages {
  /** The Content-Security-Policy they are sent with. */
  policy: string;
  home(): Promise<string>;
  experiment(experimentId: string): Promise<string>;
  run(runId: string): Promise<string>;
}

/** Adds the pages under /, /experiments/ID and /runs/ID. The first one forwards MLflow's links to the application, where there is one. */
export function addPages(app: FastifyInstance, pages: StorePages, { forwards }: { forwards: boolean }): void {
  const add = (path: string, summary: string, render: (id: string) => Promise<string>) => {
    const description = { methods: ["GET"], path, scope: "token", summary, media: ["text/html"], errors: [] } as const;
    app.get<{ Params: { id?: string } }>(path, { config: routeConfig(description) }, async (request, reply) => {
      const [page, policy] = [await render(request.params.id ?? ""), pages.policy];
      const isForwarding = forwards && path === "/";
      void reply.type("text/html; charset=utf-8").header("content-security-policy", isForwarding ? withOwnScripts(policy) : policy);
      return reply.send(isForwarding ? page.replace("</head>", `${FORWARDING}</head>`) : page);
    });
  };
  add("/", "Experiments and their runs, as a page", () => pages.home());
  add("/experiments/:id", "An experiment, as a page", (id) => pages.experiment(id));
  add("/runs/:id", "A run, as a page", (id) => pages.run(id));
}

const FORWARDING = `<script src="${FORWARD_SCRIPT}"></script>\n`;

function withOwnScripts(policy: string): string {
  return policy.replace("script-src ", "script-src 'self' ");
}
