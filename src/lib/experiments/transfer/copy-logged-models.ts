import type { LoggedModel } from "../../tracking/logged-model-records.js";
import { quoteText } from "../../tracking/search/quote.js";
import { attempt, ORIGIN_TAG, type CopyTarget } from "./copied.js";
import { copyFiles } from "./copy-files.js";
import type { RunSource } from "./run-source.js";

/** Copies the logged models of an experiment with their files, after its runs. */
export async function copyLoggedModels(source: RunSource, sourceExperimentId: string, to: CopyTarget): Promise<void> {
  for (const model of await source.loggedModels(sourceExperimentId)) {
    await attempt(to.copied, `logged model ${model.name} (${model.modelId})`, () => copyLoggedModel(source, model, to));
  }
}

async function copyLoggedModel(source: RunSource, model: LoggedModel, to: CopyTarget): Promise<void> {
  const { target, experimentId, copied } = to;
  const origin = `${source.uri}#${model.modelId}`;
  const filter = `tags.\`${ORIGIN_TAG}\` = ${quoteText(origin)}`;
  const query = { experimentIds: [experimentId], filter, orderBy: [], maxResults: 1, pageToken: undefined };
  const found = (await target.loggedModels.search(query)).items[0];
  const made = found ?? (await target.loggedModels.create(toNew(model, origin, to)));
  copied.ids.set(model.modelId, made.modelId);
  copied.uris.set(model.artifactUri, made.artifactUri);
  if (found && (found.status !== "LOGGED_MODEL_PENDING" || model.status === "LOGGED_MODEL_PENDING")) return;
  copied.result.artifacts += await copyFiles(source, model.artifactUri, { target, artifactUri: made.artifactUri });
  for (const { runId, ...metric } of model.metrics) {
    const run = copied.ids.get(runId);
    if (run !== undefined) await target.logBatch(run, { metrics: [{ ...metric, modelId: made.modelId }] });
  }
  // last: so a copy that is interrupted stays pending
  if (model.status !== "LOGGED_MODEL_PENDING") await target.loggedModels.finalize(made.modelId, model.status);
  copied.result.loggedModels += 1;
}

function toNew(model: LoggedModel, origin: string, { experimentId, copied }: CopyTarget) {
  const { "mlflow.modelVersions": noted, ...others } = model.tags; // versions are noted anew where they are copied
  const tags = noted === undefined ? model.tags : others;
  return {
    ...{ experimentId, name: model.name, modelType: model.modelType ?? undefined, params: model.params },
    sourceRunId: copied.ids.get(model.sourceRunId ?? ""),
    tags: { ...tags, [ORIGIN_TAG]: origin },
  };
}
