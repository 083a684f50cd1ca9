import { LlmopsError } from "../errors/llmops-error.js";

/** How object stores are talked to. Names and meanings are those of MLflow's and the SDK's own variables. */
export interface S3Settings {
  /** Of a store that is not AWS; without one, the SDK knows AWS's own. */
  endpointUrl: string | undefined;
  /** Of Google's interface for S3's clients. */
  googleUrl: string;
  ignoreTls: boolean;
  /** A PEM file with the authorities that sign the store's certificate. */
  caBundlePath: string | undefined;
  /** Buckets in the path of a URL, or in its host; undefined: in the path where the store is not AWS. */
  pathStyle: boolean | undefined;
  /** Undefined: the profile's, or us-east-1. */
  region: string | undefined;
  /** Undefined: the SDK looks for a profile or a role. */
  credentials: { accessKeyId: string; secretAccessKey: string; sessionToken?: string } | undefined;
  /** Buckets that everybody may read are asked without a signature. */
  unsigned: boolean;
  /** Undefined: whatever the SDK does with AWS; other stores get checksums only where they are required. */
  checksums: "WHEN_REQUIRED" | "WHEN_SUPPORTED" | undefined;
  /** What each upload has besides its content: encryption with a key, a storage class, tags. */
  uploadArguments: Readonly<Record<string, unknown>>;
  /** Of each part of a large file; S3 takes 10,000 parts. */
  partBytes: number;
}

const MIB = 1024 * 1024;
const PART_BYTES = 16 * MIB;
/** S3 takes no smaller ones. */
const LEAST_PART_BYTES = 5 * MIB;
const MOST_PART_BYTES = 1024 * MIB;
const GOOGLE = "https://storage.googleapis.com";

/** What MLflow lets uploads have, by the names that the SDK has too. */
const UPLOAD_ARGUMENTS = [
  ...["ACL", "CacheControl", "ChecksumAlgorithm", "ContentDisposition", "ContentEncoding", "ContentLanguage", "ContentType", "Expires"],
  ...["ExpectedBucketOwner", "GrantFullControl", "GrantRead", "GrantReadACP", "GrantWriteACP", "Metadata", "ObjectLockLegalHoldStatus"],
  ...["ObjectLockMode", "ObjectLockRetainUntilDate", "RequestPayer", "ServerSideEncryption", "StorageClass", "SSEKMSKeyId"],
  ...["SSEKMSEncryptionContext", "BucketKeyEnabled", "Tagging", "WebsiteRedirectLocation"],
];
const DATES = ["Expires", "ObjectLockRetainUntilDate"];

/** The settings in an environment. Throws INVALID_ARGUMENT for a value that cannot be one. */
export function s3Settings(environment: NodeJS.ProcessEnv): S3Settings {
  const text = (name: string) => environment[name] || undefined;
  const endpointUrl = checkUrl(
    "MLFLOW_S3_ENDPOINT_URL",
    text("MLFLOW_S3_ENDPOINT_URL") ?? text("AWS_ENDPOINT_URL_S3") ?? text("AWS_ENDPOINT_URL"),
  );
  return {
    endpointUrl,
    googleUrl: checkUrl("STORAGE_EMULATOR_HOST", text("STORAGE_EMULATOR_HOST")) ?? GOOGLE,
    ignoreTls: /^(true|1)$/i.test(text("MLFLOW_S3_IGNORE_TLS") ?? ""),
    caBundlePath: text("AWS_CA_BUNDLE"),
    pathStyle: toPathStyle(text("MLFLOW_BOTO_CLIENT_ADDRESSING_STYLE")),
    region: text("AWS_REGION") ?? text("AWS_DEFAULT_REGION"),
    credentials: toCredentials(text),
    unsigned: text("MLFLOW_EXPERIMENTAL_S3_SIGNATURE_VERSION")?.toLowerCase() === "unsigned",
    checksums: text("AWS_REQUEST_CHECKSUM_CALCULATION")?.toUpperCase() === "WHEN_SUPPORTED" ? "WHEN_SUPPORTED" : undefined,
    uploadArguments: toArguments(text("MLFLOW_S3_UPLOAD_EXTRA_ARGS")),
    partBytes: toPartBytes(text("MLFLOW_MULTIPART_UPLOAD_CHUNK_SIZE")),
  };
}

/** The SDK warns of versions of Node that its later versions will not run on; the one in use does, and people can do nothing about it. */
export function quietVersionWarning(): void {
  process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";
}

/** A profile that is named counts more than keys that are set, as in the SDK. */
function toCredentials(text: (name: string) => string | undefined): S3Settings["credentials"] {
  const [accessKeyId, secretAccessKey, sessionToken] = ["ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "SESSION_TOKEN"].map((name) =>
    text(`AWS_${name}`),
  );
  if (accessKeyId === undefined || secretAccessKey === undefined || text("AWS_PROFILE") !== undefined) return undefined;
  return { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) };
}

function toPathStyle(style: string | undefined): boolean | undefined {
  if (style === undefined || style === "auto") return undefined;
  if (style === "path" || style === "virtual") return style === "path";
  throw new LlmopsError("INVALID_ARGUMENT", `MLFLOW_BOTO_CLIENT_ADDRESSING_STYLE is "${style}".`, {
    hint: "Set it to auto, path, or virtual, or unset it.",
  });
}

function toPartBytes(text = String(PART_BYTES)): number {
  const bytes = Number(text);
  if (Number.isInteger(bytes) && bytes >= LEAST_PART_BYTES && bytes <= MOST_PART_BYTES) return bytes;
  throw new LlmopsError("INVALID_ARGUMENT", `MLFLOW_MULTIPART_UPLOAD_CHUNK_SIZE is "${text}".`, {
    hint: `Set it to the bytes of a part, from ${LEAST_PART_BYTES} to ${MOST_PART_BYTES}, or unset it.`,
  });
}

function checkUrl(name: string, url: string | undefined): string | undefined {
  if (url === undefined || (/^https?:\/\//i.test(url) && URL.canParse(url))) return url;
  throw new LlmopsError("INVALID_ARGUMENT", `${name} is "${url}".`, { hint: "Write it as http://HOST:PORT or https://HOST, or unset it." });
}

function toArguments(json: string | undefined): Record<string, unknown> {
  if (json === undefined) return {};
  const given = parseObject(json);
  const unknown = Object.keys(given).find((name) => !UPLOAD_ARGUMENTS.includes(name));
  if (unknown !== undefined) throw wrongArguments(`has "${unknown}", which uploads cannot have`);
  for (const [name, value] of Object.entries(given)) {
    if (!["string", "boolean"].includes(typeof value) && name !== "Metadata") throw wrongArguments(`has ${name} ${JSON.stringify(value)}`);
    if (!DATES.includes(name)) continue;
    if (Number.isNaN(Date.parse(value as string))) throw wrongArguments(`has ${name} "${value as string}", which is not a date`);
    given[name] = new Date(value as string);
  }
  return given;
}

function parseObject(json: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(json);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // said below
  }
  throw wrongArguments(`is ${json.slice(0, 100)}, which is not a JSON object`);
}

function wrongArguments(what: string): LlmopsError {
  return new LlmopsError("INVALID_ARGUMENT", `MLFLOW_S3_UPLOAD_EXTRA_ARGS ${what}.`, {
    hint: 'Write it like {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": "KEY"}.',
  });
}
