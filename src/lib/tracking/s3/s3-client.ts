import { readFileSync } from "node:fs";
import type { S3Client, S3ClientConfig } from "@aws-sdk/client-s3";
import type { MlflowConnection } from "../../base/config/mlflow-environment.js";
import { quietVersionWarning, type S3Settings } from "../../base/config/s3-settings.js";
import { LlmopsError, messageOf } from "../../base/errors/llmops-error.js";

const DEFAULT_REGION = "us-east-1";
const CONNECT_MS = 10_000;

/** How stores are connected to. */
export type S3Connection = Pick<MlflowConnection, "maxRetries" | "timeoutSeconds" | "poolSize"> & { s3: S3Settings };

/** A file or folder in a bucket, and what is said of it where it fails. */
export interface S3Place {
  isGoogle: boolean;
  bucket: string;
  key: string;
  /** As people know it: s3://BUCKET/KEY, s3://BUCKET, and the path they asked for. */
  uri: string;
  bucketUri: string;
  path: string;
  endpoint: string;
}

/** A client of AWS's own SDK. Throws INVALID_ARGUMENT for certificates that cannot be read. */
export async function makeClient({ s3, ...limits }: S3Connection, isGoogle: boolean): Promise<S3Client> {
  quietVersionWarning();
  const { S3Client } = await import("@aws-sdk/client-s3"); // slow to load
  const endpoint = isGoogle ? s3.googleUrl : s3.endpointUrl;
  const checksums = s3.checksums ?? (endpoint === undefined ? undefined : "WHEN_REQUIRED");
  const config: S3ClientConfig = {
    region: isGoogle ? "auto" : (s3.region ?? (() => profileRegion(S3Client))),
    followRegionRedirects: endpoint === undefined,
    forcePathStyle: s3.pathStyle ?? endpoint !== undefined,
    maxAttempts: limits.maxRetries + 1,
    requestHandler: handlerOptions(s3, limits),
    ...(endpoint !== undefined && { endpoint }),
    ...(checksums !== undefined && { requestChecksumCalculation: checksums, responseChecksumValidation: checksums }),
    ...(s3.credentials !== undefined && { credentials: s3.credentials }),
    ...(s3.unsigned && { signer: { sign: async (request) => request }, credentials: { accessKeyId: "", secretAccessKey: "" } }),
  };
  return new S3Client(config);
}

/** The region of the profile in use, if it names one. */
async function profileRegion(Client: typeof S3Client): Promise<string> {
  const client = new Client({});
  return client.config.region().catch(() => DEFAULT_REGION);
}

function handlerOptions({ ignoreTls, caBundlePath }: S3Settings, { timeoutSeconds, poolSize }: Omit<S3Connection, "s3">) {
  const timeoutMs = timeoutSeconds * 1000;
  const tls = { rejectUnauthorized: !ignoreTls, ...(caBundlePath !== undefined && { ca: readBundle(caBundlePath) }) };
  return {
    connectionTimeout: Math.min(CONNECT_MS, timeoutMs),
    socketTimeout: timeoutMs,
    httpAgent: { keepAlive: true, maxSockets: 2 * poolSize },
    httpsAgent: { keepAlive: true, maxSockets: 2 * poolSize, ...tls },
  };
}

function readBundle(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new LlmopsError("INVALID_ARGUMENT", `The certificates ${path} cannot be read: ${messageOf(cause)}.`, {
      hint: "Check AWS_CA_BUNDLE.",
      cause,
    });
  }
}
