import type { FastifyInstance } from "fastify";
import { routeConfig } from "./route-config.js";

/** Pages for people, as whole HTML documents. */
export interface StorePages {
  /** The Content-Security-Policy they are sent with. */
  policy: string;
  home(): Promise<string>;
  experiment(experimentId: string): Promise<string>;
  run(runId: string): Promise<string>;
}

/** Adds the pages under /, /experiments/ID and /runs/ID. */
export function addPages(app: FastifyInstance, pages: StorePages): void {
  const add = (path: string, summary: string, render: (id: string) => Promise<string>) => {
    const description = { methods: ["GET"], path, scope: "token", summary, media: ["text/html"], errors: [] } as const;
    app.get<{ Params: { id?: string } }>(path, { config: routeConfig(description) }, async (request, reply) => {
      const page = await render(request.params.id ?? "");
      return reply.type("text/html; charset=utf-8").header("content-security-policy", pages.policy).send(page);
    });
  };
  add("/", "Experiments and their runs, as a page", () => pages.home());
  add("/experiments/:id", "An experiment, as a page", (id) => pages.experiment(id));
  add("/runs/:id", "A run, as a page", (id) => pages.run(id));
}
