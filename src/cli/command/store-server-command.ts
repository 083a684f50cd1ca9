import { setTimeout as sleep } from "node:timers/promises";
import type { Interfaces } from "@oclif/core";
import { aborted } from "../../app/host/aborted.js";
import type { StoreServer } from "../../app/tracking/serve-store.js";
import { trackingServerToken } from "../../lib/base/config/mlflow-environment.js";
import { counted } from "../../lib/base/errors/counted.js";
import { isLoopbackHost } from "../../lib/base/http/addresses.js";
import { storeServerOptionsOf, type storeServerFlags } from "../flags/store-server-flags.js";
import { createServeLog } from "../terminal/serve-log.js";
import { BaseCommand } from "./base-command.js";

/** Requests that are answered by then are not worth a line. */
const UNFINISHED_MS = 500;

export type StoreServerFlags = Interfaces.InferredFlags<typeof storeServerFlags>;

/** The parent of commands that serve an MLflow store until they are interrupted. */
export abstract class StoreServerCommand extends BaseCommand {
  static override enableJsonFlag = false;

  /** Serves the store of the flags to clients and browsers until Ctrl+C. Throws STORE_NOT_FOUND, PORT_IN_USE or ADDRESS_UNAVAILABLE. */
  protected async serve(flags: StoreServerFlags, announce: (server: StoreServer) => void): Promise<void> {
    const signal = this.listenForInterrupt();
    const { serveStore } = await import("../../app/tracking/serve-store.js");
    const token = trackingServerToken();
    const server = await serveStore({ ...storeServerOptionsOf(flags), token, logger: await createServeLog(flags["log-level"]) });
    this.log(`Serving ${server.uri}, artifacts in ${server.artifactsRoot}`);
    this.log(`Listening on ${server.url}`);
    this.introduce(server);
    if (token === undefined && !server.users && !isLoopbackHost(flags.host)) {
      this.warn(
        `Anyone who can reach ${flags.host} can read and change this store. Set LLMOPS_MLFLOW_TOKEN to require a token, or add --app-name basic-auth for users.`,
      );
    }
    announce(server);
    this.log("Press Ctrl+C to stop.");
    await aborted(signal);
    this.log("Stopping.");
    await this.end(server);
  }

  /** Says who may sign in: the password of an admin that was made here is not shown again. */
  private introduce({ users }: StoreServer): void {
    if (!users) return;
    this.log(`Users: ${users.path}`);
    const { made } = users;
    if (made?.password !== undefined) {
      this.log(`Made the admin ${made.username} with the password ${made.password}`);
      this.log("It is not shown again. To set another: llmops mlflow users password NAME");
    } else if (made) this.log(`Made the admin ${made.username}.`);
    if (users.isPublic)
      this.warn("The admin's password is the one in every copy of MLflow. Set another: llmops mlflow users password NAME");
  }

  /** Waits for requests that are not answered yet, and says so: a second Ctrl+C does not. */
  private async end(server: StoreServer): Promise<void> {
    const waited = new AbortController();
    const closing = server.close().finally(() => waited.abort());
    const late = sleep(UNFINISHED_MS, undefined, { signal: waited.signal }).then(
      () => this.note(`Waiting for ${counted(server.unfinished(), "unfinished request")}. Press Ctrl+C again to end at once.`),
      () => undefined, // it is closed
    );
    await Promise.all([closing, late]);
  }
}
