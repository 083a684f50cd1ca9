import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { errorOf } from "../../../../test/helpers/error-of.js";
import { temporaryFolder } from "../../../../test/helpers/temporary-folder.js";
import { cacheFolder, mlflowConnection, stateFolder } from "./mlflow-environment.js";

describe("mlflowConnection", () => {
  it("reads MLflow's variables, and MLflow's file of credentials below them", () => {
    const home = temporaryFolder();
    mkdirSync(join(home, ".mlflow"));
    writeFileSync(
      join(home, ".mlflow/credentials"),
      "[other]\nmlflow_tracking_username = nobody\n[mlflow]\nmlflow_tracking_username = filed\nmlflow_tracking_password=pw = x\n[more]\n",
    );
    expect(mlflowConnection({}, home)).toMatchObject({ username: "filed", password: "pw = x", token: undefined, maxRetries: 3 });
    const environment = {
      MLFLOW_TRACKING_USERNAME: "env",
      MLFLOW_TRACKING_TOKEN: "t",
      MLFLOW_TRACKING_INSECURE_TLS: "true",
      MLFLOW_HTTP_REQUEST_MAX_RETRIES: "99",
      MLFLOW_HTTP_REQUEST_TIMEOUT: "5",
      MLFLOW_TRUNCATE_LONG_VALUES: "false",
    };
    expect(mlflowConnection(environment, home)).toMatchObject({
      username: "env",
      password: "pw = x",
      token: "t",
      insecureTls: true,
      maxRetries: 10,
      timeoutSeconds: 5,
      truncateLongValues: false,
    });
  });

  it("refuses what is not a number, naming the variable", async () => {
    const error = await errorOf(() => mlflowConnection({ MLFLOW_HTTP_REQUEST_TIMEOUT: "soon" }, "/nowhere"));
    expect(error).toMatchObject({ code: "INVALID_ARGUMENT", message: 'MLFLOW_HTTP_REQUEST_TIMEOUT is "soon".' });
  });
});

describe("folders", () => {
  it("are where the XDG variables or llmops' own say", () => {
    expect(stateFolder({}, "/home/me")).toBe("/home/me/.local/state/llmops");
    expect(stateFolder({ XDG_STATE_HOME: "/s" }, "/home/me")).toBe("/s/llmops");
    expect(stateFolder({ LLMOPS_STATE_DIR: "/own" }, "/home/me")).toBe("/own");
    expect(cacheFolder({ XDG_CACHE_HOME: "/c" }, "/home/me")).toBe("/c/llmops");
  });
});
