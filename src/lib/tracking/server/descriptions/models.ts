import { z } from "zod";
import { MODEL_STATUSES } from "../../logged-model-records.js";
import {
  filesAnswer,
  folderAnswer,
  loggedModelAnswer,
  loggedModelsAnswer,
  modelVersionAnswer,
  modelVersionsAnswer,
  nothing,
  registeredModelAnswer,
  registeredModelsAnswer,
} from "./answers.js";
import { MISSING, TAKEN, type ApiDescriptions } from "./description.js";
import { experimentId, experimentIds, optionalText, page, pairList, runId, search, tag, tagKey, text, textList } from "./fields.js";

const MODELS = "2.0/mlflow/registered-models";
const VERSIONS = "2.0/mlflow/model-versions";
const LOGGED = "2.0/mlflow/logged-models";

const name = { name: text("The registered model.") };
const version = { ...name, version: text("1, 2, 3, ...") };
const alias = { ...name, alias: text("The alias.") };
const about = { description: optionalText("Its description; empty by default.") };

/** Registered models: MLflow's REST API 2.0. */
export const MODEL_DESCRIPTIONS: ApiDescriptions = {
  [`POST ${MODELS}/create`]: {
    summary: "Register a model",
    fields: z.object({ name: text("A unique name."), ...about, tags: pairList("Its tags.") }),
    answer: registeredModelAnswer,
    errors: TAKEN,
  },
  [`GET ${MODELS}/get`]: { summary: "Read a registered model", fields: z.object(name), answer: registeredModelAnswer, errors: MISSING },
  [`PATCH ${MODELS}/update`]: {
    summary: "Describe a registered model",
    fields: z.object({ ...name, ...about }),
    answer: registeredModelAnswer,
    errors: MISSING,
  },
  [`POST ${MODELS}/rename`]: {
    summary: "Rename a registered model",
    fields: z.object({ ...name, new_name: text("A unique name.") }),
    answer: registeredModelAnswer,
    errors: [...MISSING, ...TAKEN],
  },
  [`DELETE ${MODELS}/delete`]: {
    summary: "Delete a registered model with all its versions",
    fields: z.object(name),
    answer: nothing,
    errors: MISSING,
  },
  [`GET ${MODELS}/search`]: {
    summary: "Search registered models; prompts only where the filter asks for them",
    fields: z.object(search("100")),
    answer: registeredModelsAnswer,
  },
  [`GET|POST ${MODELS}/get-latest-versions`]: {
    summary: "Read the newest version of each stage",
    fields: z.object({ ...name, stages: textList("By default, all stages.") }),
    answer: modelVersionsAnswer,
    errors: MISSING,
  },
  [`POST ${MODELS}/set-tag`]: {
    summary: "Set a tag of a registered model",
    fields: z.object({ ...name, ...tag }),
    answer: nothing,
    errors: MISSING,
  },
  [`DELETE ${MODELS}/delete-tag`]: {
    summary: "Delete a tag of a registered model",
    fields: z.object({ ...name, ...tagKey }),
    answer: nothing,
    errors: MISSING,
  },
  [`POST ${MODELS}/alias`]: {
    summary: "Point an alias at a version",
    fields: z.object({ ...alias, version: version.version }),
    answer: nothing,
    errors: MISSING,
  },
  [`DELETE ${MODELS}/alias`]: { summary: "Delete an alias", fields: z.object(alias), answer: nothing, errors: MISSING },
  [`GET ${MODELS}/alias`]: {
    summary: "Read the version an alias points at",
    fields: z.object(alias),
    answer: modelVersionAnswer,
    errors: MISSING,
  },
};

/** Versions of registered models: MLflow's REST API 2.0. */
export const VERSION_DESCRIPTIONS: ApiDescriptions = {
  [`POST ${VERSIONS}/create`]: {
    summary: "Add a version to a registered model",
    fields: z.object({
      ...name,
      source: text("Where its files are: a URI of artifacts, or models:/ID of a logged model."),
      run_id: optionalText("The run that produced it."),
      run_link: optionalText("A link to that run."),
      ...about,
      tags: pairList("Its tags."),
      model_id: optionalText("The logged model it describes."),
    }),
    answer: modelVersionAnswer,
    errors: MISSING,
  },
  [`GET ${VERSIONS}/get`]: { summary: "Read a version", fields: z.object(version), answer: modelVersionAnswer, errors: MISSING },
  [`PATCH ${VERSIONS}/update`]: {
    summary: "Describe a version",
    fields: z.object({ ...version, ...about }),
    answer: modelVersionAnswer,
    errors: MISSING,
  },
  [`POST ${VERSIONS}/transition-stage`]: {
    summary: "Move a version to a stage",
    fields: z.object({
      ...version,
      stage: text("None, Staging, Production, or Archived."),
      archive_existing_versions: z.boolean().describe("Whether versions already in that stage are archived."),
    }),
    answer: modelVersionAnswer,
    errors: MISSING,
  },
  [`DELETE ${VERSIONS}/delete`]: { summary: "Delete a version", fields: z.object(version), answer: nothing, errors: MISSING },
  [`GET ${VERSIONS}/search`]: {
    summary: "Search versions, without their aliases",
    fields: z.object(search("200000")),
    answer: modelVersionsAnswer,
  },
  [`GET ${VERSIONS}/get-download-uri`]: {
    summary: "Read where the files of a version are",
    fields: z.object(version),
    answer: z.object({ artifact_uri: z.string() }),
    errors: MISSING,
  },
  [`POST ${VERSIONS}/set-tag`]: {
    summary: "Set a tag of a version",
    fields: z.object({ ...version, ...tag }),
    answer: nothing,
    errors: MISSING,
  },
  [`DELETE ${VERSIONS}/delete-tag`]: {
    summary: "Delete a tag of a version",
    fields: z.object({ ...version, ...tagKey }),
    answer: nothing,
    errors: MISSING,
  },
};

const dataset = z.object({ dataset_name: z.string(), dataset_digest: z.string().optional() });

/** Logged models of MLflow 3. */
export const LOGGED_MODEL_DESCRIPTIONS: ApiDescriptions = {
  [`POST ${LOGGED}`]: {
    summary: "Start a logged model",
    fields: z.object({
      ...experimentId,
      name: optionalText("Its name; by default its id."),
      model_type: optionalText("What kind of model it is."),
      source_run_id: optionalText("The run that produces it."),
      tags: pairList("Its tags."),
      params: pairList("Its params."),
    }),
    answer: loggedModelAnswer,
    errors: MISSING,
  },
  [`POST ${LOGGED}/search`]: {
    summary: "Search the logged models of experiments, newest first unless ordered otherwise",
    fields: z.object({
      ...experimentIds,
      filter: search("50").filter,
      datasets: z.array(dataset).optional().describe("Models measured on one of these; conditions on metrics are of those metrics."),
      order_by: z
        .array(z.object({ field_name: z.string(), ascending: z.boolean().optional(), ...dataset.partial().shape }))
        .optional()
        .describe("Ascending by default; a metric's value is its latest, on the dataset where one is named."),
      ...page("50"),
    }),
    answer: loggedModelsAnswer,
  },
  [`GET ${LOGGED}/:model_id`]: { summary: "Read a logged model", answer: loggedModelAnswer, errors: MISSING },
  [`PATCH ${LOGGED}/:model_id`]: {
    summary: "Finalize a logged model",
    fields: z.object({ status: z.enum(MODEL_STATUSES) }),
    answer: loggedModelAnswer,
    errors: MISSING,
  },
  [`DELETE ${LOGGED}/:model_id`]: { summary: "Delete a logged model", answer: nothing, errors: MISSING },
  [`PATCH ${LOGGED}/:model_id/tags`]: {
    summary: "Set tags of a logged model",
    fields: z.object({ tags: pairList("The tags.") }),
    answer: loggedModelAnswer,
    errors: MISSING,
  },
  [`DELETE ${LOGGED}/:model_id/tags/:tag_key`]: { summary: "Delete a tag of a logged model", answer: nothing, errors: MISSING },
  [`POST ${LOGGED}/:model_id/params`]: {
    summary: "Add params to a logged model",
    fields: z.object({ params: pairList("The params.") }),
    answer: loggedModelAnswer,
    errors: MISSING,
  },
  [`GET ${LOGGED}/:model_id/artifacts/directories`]: {
    summary: "List the files of a logged model",
    fields: z.object({ artifact_directory_path: optionalText("A subfolder; by default the top folder.") }),
    answer: folderAnswer,
    errors: MISSING,
  },
};

/** Lists of artifacts. */
export const ARTIFACT_DESCRIPTIONS: ApiDescriptions = {
  "GET 2.0/mlflow-artifacts/artifacts": {
    summary: "List a folder of all artifacts the server keeps",
    fields: z.object({ path: optionalText("The folder; by default the top folder.") }),
    answer: filesAnswer,
  },
  "GET 2.0/mlflow/artifacts/list": {
    summary: "List a folder of a run's artifacts",
    fields: z.object({ ...runId, path: optionalText("The folder; by default the top folder.") }),
    answer: folderAnswer,
    errors: MISSING,
  },
  "POST 2.0/mlflow-artifacts/mpu/:step/*": {
    summary: "Refused: files are uploaded in one request",
    answer: nothing,
    errors: ["NOT_IMPLEMENTED"],
  },
};
