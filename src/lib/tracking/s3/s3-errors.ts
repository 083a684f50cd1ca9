import { LlmopsError, systemCodeOf } from "../../base/errors/llmops-error.js";
import { withoutFullStop } from "../../base/errors/text-ends.js";
import { missing, MlflowError, type MlflowErrorCode } from "../mlflow-error.js";
import type { S3Place } from "./s3-client.js";

const CREDENTIALS =
  "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY or AWS_PROFILE, or run where a role gives credentials; for gs://, the keys are HMAC keys.";
const REFUSED_KEYS = [
  "InvalidAccessKeyId",
  "SignatureDoesNotMatch",
  "ExpiredToken",
  "InvalidToken",
  "TokenRefreshRequired",
  "InvalidSecurity",
];
const NO_KEYS = ["CredentialsProviderError", "TokenProviderError"];
const OTHER_REGION = ["PermanentRedirect", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException"];
const BUSY = ["SlowDown", "ServiceUnavailable", "RequestTimeout", "TimeoutError", "ThrottlingException", "RequestTimeTooSkewed"];

/** What the SDK throws: an answer of the store, or none. */
interface Thrown {
  name: string;
  message: string;
  status: number | undefined;
}

/**
 * A failure of an object store in MLflow's words. What the store says is told, what was sent to it never: the SDK's own error holds the
 * signed request, and is left out here.
 */
export function s3Error(thrown: unknown, place: S3Place): Error {
  if (thrown instanceof LlmopsError) return thrown;
  const seen = read(thrown);
  return notThere(seen, place) ?? notAllowed(seen, place) ?? away(seen, place, thrown) ?? refused(seen, place);
}

function notThere({ name, status }: Thrown, place: S3Place): MlflowError | undefined {
  if (name === "NoSuchBucket") return noBucket(place);
  if (name === "NoSuchKey" || name === "NotFound" || status === 404) return missing(`No such artifact: '${place.path}'`);
  if (name !== "PreconditionFailed" && status !== 412) return undefined;
  return error("RESOURCE_CONFLICT", `${place.uri} was written again while it was read.`, "Read it again.");
}

function notAllowed(seen: Thrown, { bucketUri, uri }: S3Place): MlflowError | undefined {
  const { name, status } = seen;
  if (NO_KEYS.includes(name)) return error("PERMISSION_DENIED", `No credentials were found for ${bucketUri}.`, CREDENTIALS);
  if (REFUSED_KEYS.includes(name)) return error("PERMISSION_DENIED", `${bucketUri} refused the credentials: ${said(seen)}.`, CREDENTIALS);
  if (OTHER_REGION.includes(name)) {
    return error("INVALID_PARAMETER_VALUE", `${bucketUri} is in another region: ${said(seen)}.`, "Name it with AWS_REGION.");
  }
  if (status !== 401 && status !== 403) return undefined;
  const hint = "They need the rights to list, read, write, and delete objects there, and to use the key of an encrypted bucket.";
  return error("PERMISSION_DENIED", `The credentials may not use ${uri}: ${said(seen)}.`, hint);
}

/** The error for a bucket that is not there. */
export function noBucket({ bucketUri, path }: S3Place): MlflowError {
  return error("RESOURCE_DOES_NOT_EXIST", `The bucket ${bucketUri} of '${path}' does not exist.`, "Create it, or name another one.");
}

/** Whether a read that broke off may be tried again. */
export function isPassingFailure(thrown: unknown): boolean {
  const { name, status } = read(thrown);
  return status === undefined ? !NO_KEYS.includes(name) : status >= 500 || status === 429 || BUSY.includes(name);
}

function away(seen: Thrown, place: S3Place, thrown: unknown): MlflowError | undefined {
  const { name, status } = seen;
  const code = systemCodeOf(thrown);
  const isAway = BUSY.includes(name) || code !== undefined || (status !== undefined && (status >= 500 || status === 429));
  if (!isAway) return undefined;
  const hint = "Try again; check MLFLOW_S3_ENDPOINT_URL, and that the store is up.";
  return error("TEMPORARILY_UNAVAILABLE", `${place.bucketUri} at ${place.endpoint} cannot be reached: ${said(seen)}.`, hint);
}

function refused(seen: Thrown, { uri }: S3Place): MlflowError {
  const isRequest = seen.status !== undefined && seen.status >= 400;
  const code = isRequest ? "INVALID_PARAMETER_VALUE" : "INTERNAL_ERROR";
  return error(
    code,
    `The object store failed at ${uri}: ${said(seen)}.`,
    "Check the settings of the bucket and MLFLOW_S3_UPLOAD_EXTRA_ARGS.",
  );
}

function said({ name, message }: Thrown): string {
  const text = withoutFullStop(message);
  return text === "" || text === name ? name : `${name}: ${text}`;
}

function read(thrown: unknown): Thrown {
  const { name = "Error", message = "", $metadata } = thrown as Partial<Error> & { $metadata?: { httpStatusCode?: number } };
  const status = $metadata?.httpStatusCode;
  // answers to HEAD have no body that says a name
  return {
    name: /^(\d+|Unknown|UnknownError)$/.test(name) ? `HTTP ${status}` : name,
    message: message.replace(/^Unknown(Error)?$/, ""),
    status,
  };
}

function error(code: MlflowErrorCode, message: string, hint: string): MlflowError {
  return new MlflowError(code, message, { hint });
}
