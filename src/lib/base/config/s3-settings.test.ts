import { describe, expect, it } from "vitest";
import { s3Settings } from "./s3-settings.js";

describe("settings of object stores", () => {
  it("are those of MLflow and of the SDK", () => {
    expect(s3Settings({})).toEqual({
      ...{ endpointUrl: undefined, googleUrl: "https://storage.googleapis.com", ignoreTls: false, caBundlePath: undefined },
      ...{
        pathStyle: undefined,
        region: undefined,
        credentials: undefined,
        unsigned: false,
        checksums: undefined,
        uploadArguments: {},
        partBytes: 16_777_216,
      },
    });
    const keys = { AWS_ACCESS_KEY_ID: "id", AWS_SECRET_ACCESS_KEY: "secret", AWS_SESSION_TOKEN: "token" };
    expect(
      s3Settings({
        ...keys,
        ...{ MLFLOW_S3_ENDPOINT_URL: "http://minio:9000", AWS_ENDPOINT_URL: "http://other", MLFLOW_S3_IGNORE_TLS: "true" },
        ...{ AWS_DEFAULT_REGION: "eu-1", MLFLOW_BOTO_CLIENT_ADDRESSING_STYLE: "virtual" },
        MLFLOW_S3_UPLOAD_EXTRA_ARGS: '{"StorageClass": "STANDARD_IA", "Expires": "2030-01-01"}',
      }),
    ).toMatchObject({
      ...{ endpointUrl: "http://minio:9000", ignoreTls: true, region: "eu-1", pathStyle: false },
      credentials: { accessKeyId: "id", secretAccessKey: "secret", sessionToken: "token" },
      uploadArguments: { StorageClass: "STANDARD_IA", Expires: new Date("2030-01-01") },
    });
    expect(s3Settings({ ...keys, AWS_PROFILE: "team" }).credentials).toBeUndefined();
  });

  it.each([
    [{ MLFLOW_S3_ENDPOINT_URL: "minio:9000" }, 'MLFLOW_S3_ENDPOINT_URL is "minio:9000".'],
    [{ MLFLOW_BOTO_CLIENT_ADDRESSING_STYLE: "host" }, 'MLFLOW_BOTO_CLIENT_ADDRESSING_STYLE is "host".'],
    [{ MLFLOW_MULTIPART_UPLOAD_CHUNK_SIZE: "1000" }, 'MLFLOW_MULTIPART_UPLOAD_CHUNK_SIZE is "1000".'],
    [{ MLFLOW_S3_UPLOAD_EXTRA_ARGS: "[1]" }, "is [1], which is not a JSON object"],
    [{ MLFLOW_S3_UPLOAD_EXTRA_ARGS: "{" }, "is {, which is not a JSON object"],
    [{ MLFLOW_S3_UPLOAD_EXTRA_ARGS: '{"Bucket": "other"}' }, 'has "Bucket", which uploads cannot have'],
    [{ MLFLOW_S3_UPLOAD_EXTRA_ARGS: '{"ACL": 3}' }, "has ACL 3"],
    [{ MLFLOW_S3_UPLOAD_EXTRA_ARGS: '{"Expires": "soon"}' }, "which is not a date"],
  ])("%j is refused", (environment, message) => {
    expect(() => s3Settings(environment)).toThrow(message);
  });
});
