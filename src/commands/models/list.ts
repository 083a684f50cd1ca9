import type { ModelsDocument, ListedModel } from "../../app/documents/models.js";
import { BaseCommand } from "../../cli/command/base-command.js";
import { cachedModels } from "../../app/models/cached-models.js";
import { LlmopsError, messageOf } from "../../lib/base/errors/llmops-error.js";
import { formatSize } from "../../lib/inference/models/format-size.js";
import { DEMO_MODEL, openModelFile } from "../../lib/inference/models/model-file.js";
import { architectureOf, quantizationOf } from "../../lib/inference/models/model-facts.js";
import { broken, whole } from "../../lib/report/fit-columns.js";
import { plainTable } from "../../lib/report/plain-table.js";
import { collectPages } from "../../lib/tracking/collect-pages.js";
import { withStore } from "../../app/tracking/with-store.js";
import { trackingUriFlag } from "../../cli/flags/store-flags.js";
import { terminalScreen } from "../../cli/terminal/terminal-screen.js";

const HEAD = [broken("model"), whole("kind", 2), whole("architecture", 4), whole("weights", 3), whole("size", 1), broken("versions", 0)];

/** `llmops models list`: what --model_path can name. */
export default class ModelsList extends BaseCommand {
  static override summary = "List the models that are here: the demo model, the cache, the registry.";
  static override examples = ["<%= config.bin %> models list", "<%= config.bin %> models list --json"];
  static override flags = { "tracking-uri": trackingUriFlag };

  async run(): Promise<ModelsDocument> {
    const { flags } = await this.parse(ModelsList);
    const models = [await describe(DEMO_MODEL, "demo", DEMO_MODEL)];
    for (const { path, kind, whole } of await cachedModels()) {
      const described = await describe(path, kind, path);
      models.push(whole ? described : { ...described, versions: ["interrupted: pull it again"] });
    }
    models.push(...(await registered(flags["tracking-uri"]).catch((error: unknown) => this.without(error))));
    const rows = models.map(({ model, kind, architecture, quantization, size_bytes: size, versions }) => [
      ...[model, kind, architecture ?? "", quantization ?? "", size === null ? "" : formatSize(size), versions.join(", ")],
    ]);
    this.log(plainTable(HEAD, rows, terminalScreen()));
    return { schema: "llmops.models/1", models };
  }

  /** A store that is away does not hide the files. */
  private without(error: unknown): ListedModel[] {
    if (!(error instanceof LlmopsError) || error.code !== "STORE_NOT_FOUND") this.note(`The registry is not shown: ${messageOf(error)}`);
    return [];
  }
}

async function describe(reference: string, kind: ListedModel["kind"], model: string): Promise<ListedModel> {
  const file = await openModelFile(reference).catch(() => undefined);
  return {
    ...{ model, kind, versions: file ? [] : ["broken: remove it"] },
    architecture: file ? architectureOf(file.header) : null,
    quantization: file ? quantizationOf(file.header) : null,
    size_bytes: file?.sizeBytes ?? null,
  };
}

async function registered(trackingUri: string): Promise<ListedModel[]> {
  return withStore(trackingUri, async (store) => {
    const found = await collectPages((pageToken) => store.registry.searchModels({ pageToken, maxResults: 100 }));
    return found.map(({ name, aliases, latestVersions }) => ({
      ...{ model: `models:/${name}`, kind: "registered" as const, architecture: null, quantization: null, size_bytes: null },
      versions: [
        ...Object.entries(aliases).map(([alias, version]) => `@${alias} is ${version}`),
        ...latestVersions.filter(({ stage }) => stage !== "None").map(({ stage, version }) => `${stage} is ${version}`),
      ],
    }));
  });
}
