import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { errorOf } from "../../../../test/helpers/error-of.js";
import { fakeUpstream, sendJson } from "../../../../test/helpers/fake-upstream.js";
import { temporaryFolder } from "../../../../test/helpers/temporary-folder.js";
import { mlflowConnection } from "../../base/config/mlflow-environment.js";
import { HttpClient } from "./http-client.js";
import { RemoteArtifacts } from "./remote-artifacts.js";

/** A server that has a file of every name there is, and lists the ones it is told. */
async function artifactsOf(files: readonly string[]) {
  const { url } = await fakeUpstream((request, response) => {
    if (request.path.includes("?")) sendJson(response, { files: files.map((path) => ({ path, is_dir: false, file_size: 4 })) });
    else response.end("evil");
  });
  const connection = mlflowConnection();
  const http = new HttpClient(new URL(url.replace(/\/v1$/, "")), connection);
  return new RemoteArtifacts(http, connection);
}

it.each([
  ["a location above its root", "mlflow-artifacts:/../../escaped", "f", ["f"]],
  ["a folder above its root", "mlflow-artifacts:/../../escaped", "", ["f"]],
  ["an encoded location above its root", "mlflow-artifacts:/%2e%2e/%2e%2e/escaped", "f", ["f"]],
  ["backslashes", "mlflow-artifacts:/..\\..\\escaped", "f", ["f"]],
  ["a file above its folder", "mlflow-artifacts:/0/run", "", ["../../../escaped"]],
  ["a whole path", "mlflow-artifacts:/0/run", "", ["/escaped"]],
])("writes nothing outside of the folder for %s that a server says", async (_, uri, path, files) => {
  const above = temporaryFolder();
  const folder = join(above, "a", "b");
  mkdirSync(folder, { recursive: true });
  const artifacts = await artifactsOf(files);
  const error = await errorOf(() => artifacts.fetch(uri, path, folder));
  expect(error.message).toContain("Invalid path");
  expect([existsSync("/escaped"), readdirSync(above), readdirSync(join(above, "a"))]).toEqual([false, ["a"], ["b"]]);
  await artifacts.close();
});
