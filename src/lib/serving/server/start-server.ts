import { listen, type RunningServer } from "../../base/http/listen.js";
import { createApp, type AppOptions } from "./create-app.js";
import type { Service } from "./service.js";

export interface ServerOptions extends AppOptions {
  host: string;
  /** 0 takes any free port. */
  port: number;
}

/** Listens with the HTTP server. Throws PORT_IN_USE or ADDRESS_UNAVAILABLE. */
export async function startServer(service: Service, { host, port, ...options }: ServerOptions): Promise<RunningServer> {
  return listen(createApp(service, { host, ...options }), { host, port });
}
