import type { FastifyInstance } from "fastify";

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
  const add = (url: string, render: (id: string) => Promise<string>) =>
    app.get<{ Params: { id?: string } }>(url, async (request, reply) => {
      const page = await render(request.params.id ?? "");
      return reply.type("text/html; charset=utf-8").header("content-security-policy", pages.policy).send(page);
    });
  add("/", () => pages.home());
  add("/experiments/:id", (id) => pages.experiment(id));
  add("/runs/:id", (id) => pages.run(id));
}
