import { Flags } from "@oclif/core";
import { findServerOf } from "../app/tracking/find-server.js";
import { StoreServerCommand, type StoreServerFlags } from "../cli/command/store-server-command.js";
import { storeServerFlags } from "../cli/flags/store-server-flags.js";
import { applicationUrl, opensBrowsers, openBrowser } from "../cli/terminal/open-browser.js";
import { toLlmopsError } from "../lib/base/errors/llmops-error.js";

/** `llmops ui`: the web application over the embedded store, in the browser. */
export default class Ui extends StoreServerCommand {
  static override aliases = ["mlflow:ui"];
  static override summary = "Open the web application over the MLflow store in the browser.";
  static override description =
    "It is `llmops mlflow server`, and opens the browser. If a server of the same store already listens on the port, that one is opened.";
  static override examples = [
    "<%= config.bin %> ui",
    "<%= config.bin %> ui --backend-store-uri runs --port 5001",
    "<%= config.bin %> ui --no-open",
  ];
  static override flags = {
    ...storeServerFlags,
    open: Flags.boolean({ allowNo: true, description: "open the browser [default: at a terminal with a desktop]" }),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(Ui);
    try {
      await this.serve(flags, ({ url }) => void this.show(applicationUrl(url), flags));
    } catch (thrown) {
      const error = toLlmopsError(thrown);
      const running = error.code === "PORT_IN_USE" ? await this.runningServer(flags) : undefined;
      if (running === undefined) throw error;
      this.log(`A server of this store already listens on ${running}.`);
      await this.show(applicationUrl(running), flags);
    }
  }

  private runningServer(flags: StoreServerFlags): Promise<string | undefined> {
    const { "backend-store-uri": store, host, port } = flags;
    return findServerOf(store, { host, port });
  }

  /** Prints where the application is, and opens it; a browser that does not open is no reason to end. */
  private async show(url: string, { open = opensBrowsers() }: { open?: boolean | undefined }): Promise<void> {
    this.log(`Web application: ${url}`);
    if (!open) return;
    const problem = await openBrowser(url);
    if (problem !== undefined) this.warn(`The browser could not be opened (${problem}). Open ${url} yourself.`);
  }
}
