import { Args } from "@oclif/core";
import chalk from "chalk";
import { BaseCommand } from "../../base-command.js";
import { formatTime, plainTable } from "../../lib/report/plain-table.js";
import { toVersionDocument, type VersionDocument } from "../../lib/report/version-document.js";
import { collectPages } from "../../lib/tracking/find-experiment.js";
import type { ModelVersion } from "../../lib/tracking/registry-records.js";
import type { TrackingStore } from "../../lib/tracking/tracking-store.js";
import { trackingUriFlag, withStore } from "../../store-flags.js";

interface VersionsResult {
  schema: "llmops.versions/1";
  tracking_uri: string;
  versions: VersionDocument[];
}

/** `llmops mlflow versions`: registered models and their versions. */
export default class MlflowVersions extends BaseCommand {
  static override summary = "List the versions of a registered model, or of all of them.";
  static override examples = ["<%= config.bin %> mlflow versions", "<%= config.bin %> mlflow versions qa-model --json"];
  static override args = { name: Args.string({ description: "registered model; all without it" }) };
  static override flags = { "tracking-uri": trackingUriFlag };

  async run(): Promise<VersionsResult> {
    const { args, flags } = await this.parse(MlflowVersions);
    return withStore(flags["tracking-uri"], async (store) => {
      const versions = await readVersions(store, args.name);
      const rows = versions.map(({ name, version, stage, aliases, creationTime, source }) => [
        name,
        version,
        stage,
        aliases.join(", "),
        formatTime(creationTime),
        source,
      ]);
      this.log(
        versions.length === 0 ? "No versions." : plainTable(["name", "version", "stage", "aliases", "created", "source"], rows, chalk),
      );
      return { schema: "llmops.versions/1", tracking_uri: store.uri, versions: versions.map(toVersionDocument) };
    });
  }
}

/** A search of versions does not say their aliases: the models do. */
async function readVersions(store: TrackingStore, name: string | undefined): Promise<ModelVersion[]> {
  const { registry } = store;
  const models =
    name === undefined
      ? await collectPages((pageToken) => registry.searchModels({ maxResults: 1000, pageToken }))
      : [await registry.getModel(name)];
  const lists = await Promise.all(
    models.map(async (model) => {
      const filter = `name = ${model.name.includes("'") ? `"${model.name}"` : `'${model.name}'`}`;
      const found = await collectPages((pageToken) => registry.searchVersions({ filter, maxResults: 1000, pageToken }));
      const aliasesOf = (version: string) => Object.keys(model.aliases).filter((alias) => model.aliases[alias] === version);
      return found
        .map((version) => ({ ...version, aliases: aliasesOf(version.version) }))
        .sort((a, b) => Number(b.version) - Number(a.version));
    }),
  );
  return lists.flat();
}
