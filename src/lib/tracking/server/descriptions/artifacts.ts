import { z } from "zod";
import { routeConfig } from "../route-config.js";
import { nothing } from "./answers.js";
import { MISSING } from "./description.js";
import { runId, text } from "./fields.js";

const ANY_FILE = { scope: "token", media: ["*/*"], errors: MISSING } as const;
const DONE = { scope: "token", answer: nothing, errors: [] } as const;
const PROXY_PATH = "/api/2.0/mlflow-artifacts/artifacts/*";
const filePath = { path: text("The file, relative to the top folder of the artifacts.") };

/** The artifact proxy. */
export const PROXY = {
  get: { config: routeConfig({ ...ANY_FILE, methods: ["GET"], path: PROXY_PATH, summary: "Read an artifact, or a range of its bytes" }) },
  put: { config: routeConfig({ ...DONE, methods: ["PUT"], path: PROXY_PATH, summary: "Write an artifact", upload: true }) },
  delete: { config: routeConfig({ ...DONE, methods: ["DELETE"], path: PROXY_PATH, summary: "Delete an artifact or a folder" }) },
};

/** Files as MLflow's own page reads and writes them. */
export const OF_RUN = {
  config: routeConfig({
    ...{ ...ANY_FILE, methods: ["GET"], path: "/get-artifact", summary: "Read an artifact of a run" },
    query: z.object({ ...runId, ...filePath }),
  }),
};
/** Files as the web application shows them. */
export const CONTENT = {
  config: routeConfig({
    ...{ ...ANY_FILE, methods: ["GET"], path: "/api/llmops/1/artifacts/content" },
    summary: "Show an artifact of a run in a browser, in a sandbox, or a range of its bytes",
    query: z.object({ ...runId, ...filePath }),
  }),
};
export const OF_VERSION = {
  config: routeConfig({
    ...{ ...ANY_FILE, methods: ["GET"], path: "/model-versions/get-artifact", summary: "Read a file of a model version" },
    query: z.object({ name: text("The registered model."), version: text("1, 2, 3, ..."), ...filePath }),
  }),
};
export const UPLOAD = {
  config: routeConfig({
    ...{ ...DONE, methods: ["POST"], path: "/ajax-api/2.0/mlflow/upload-artifact", summary: "Write an artifact of at most 10 MB" },
    ...{ upload: true, query: z.object({ ...runId, ...filePath }), errors: MISSING },
  }),
};
