import { createHash, randomBytes, randomUUID } from "node:crypto";
import { Readable } from "node:stream";
import { buffer, text } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import { LlmopsError } from "../../src/lib/base/errors/llmops-error.js";
import { S3Artifacts } from "../../src/lib/tracking/s3/s3-artifacts.js";
import { artifactFilesContract } from "../contract/artifact-files.js";
import { s3Connection, s3Server } from "../helpers/s3-server.js";

const MIB = 1024 * 1024;
const RUN = "s3://bucket/root/1/run/artifacts";

async function open(environment: Record<string, string> = {}) {
  const server = await s3Server();
  return { server, files: new S3Artifacts(s3Connection(server.url, environment), ["s3://bucket/root"]) };
}

async function failureOf(work: Promise<unknown>): Promise<LlmopsError> {
  const thrown: unknown = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (thrown instanceof LlmopsError) return thrown;
  throw new Error("expected an error of its own", { cause: thrown });
}

describe("artifacts in S3", () => {
  artifactFilesContract(async () => ({ files: (await open()).files, uri: `s3://bucket/root/1/${randomUUID()}/artifacts` }));
});

describe("artifacts in Google's storage, through its interface for S3's clients", () => {
  artifactFilesContract(async () => {
    const { url } = await s3Server();
    const connection = s3Connection("http://127.0.0.1:9", { STORAGE_EMULATOR_HOST: url });
    return { files: new S3Artifacts(connection), uri: `gs://bucket/1/${randomUUID()}/artifacts` };
  });
});

describe("files of any size", () => {
  it("arrive in parts, and are read on where the connection broke, byte by byte", async () => {
    const { server, files } = await open();
    const content = randomBytes(40 * MIB + 7);
    await files.write(RUN, "model/weights.gguf", Readable.from(slices(content)));
    const parts = server.requests.filter(({ line }) => /^PUT .*partNumber=/.test(line));
    expect(parts).toHaveLength(6);
    let cuts = 0;
    server.fault = (line) => (line.startsWith("GET ") && cuts++ < 4 ? { cutAfterBytes: 3 * MIB } : undefined);
    const read = await buffer(await files.read(RUN, "model/weights.gguf"));
    expect([cuts, digest(read)]).toEqual([5, digest(content)]);
  });

  it("are sent again where a part fails, and nothing is left where all tries do", async () => {
    const { server, files } = await open();
    const content = randomBytes(20 * MIB);
    let failed = 0;
    server.fault = (line) => (line.includes("partNumber=2") && failed++ < 2 ? { status: 503, code: "SlowDown" } : undefined);
    await files.write(RUN, "a.bin", Readable.from(slices(content)));
    expect([failed, digest(await buffer(await files.read(RUN, "a.bin")))]).toEqual([3, digest(content)]);
    server.fault = (line) => (line.includes("partNumber=2") ? "cut" : undefined);
    expect(await failureOf(files.write(RUN, "b.bin", Readable.from(slices(content))))).toMatchObject({ code: "STORE_UNREACHABLE" });
    expect(server.requests.some(({ line }) => /^DELETE .*b\.bin\?.*uploadId=/.test(line))).toBe(true);
    expect((await files.list(RUN, "")).map(({ path }) => path)).toEqual(["a.bin"]);
  });

  it("leave nothing where the store is killed in the middle of an upload, and arrive once it is back", async () => {
    const { server, files } = await open();
    let started: () => void = () => undefined;
    const underWay = new Promise<void>((resolve) => (started = resolve));
    server.fault = (line) => {
      if (line.includes("partNumber=1")) started();
      return line.includes("partNumber=") ? "cut" : undefined;
    };
    const writing = failureOf(files.write(RUN, "a.bin", Readable.from(slices(randomBytes(40 * MIB)))));
    await underWay;
    server.fault = () => "cut";
    expect((await writing).message).toContain("cannot be reached");
    server.fault = () => undefined;
    expect(await files.list(RUN, "")).toEqual([]);
    await files.write(RUN, "a.bin", "whole");
    expect(await text(await files.read(RUN, "a.bin"))).toBe("whole");
  });

  it("are never two versions in one", async () => {
    const { files } = await open();
    await files.write(RUN, "a.txt", "0123456789");
    const facts = await files.describe(RUN, "a.txt");
    await files.write(RUN, "a.txt", "abcdefghij");
    const error = await failureOf(files.read(RUN, "a.txt", { facts, range: { first: 5, last: 9 } }));
    expect(error.message).toBe("s3://bucket/root/1/run/artifacts/a.txt was written again while it was read.");
  });
});

describe("folders of any size", () => {
  it("are listed whole, and deleted whole, but for the root of all", async () => {
    const { files } = await open();
    const names = Array.from({ length: 1203 }, (_, i) => `file-${String(i).padStart(4, "0")}`);
    for (let start = 0; start < names.length; start += 50)
      await Promise.all(names.slice(start, start + 50).map((name) => files.write(RUN, `many/${name}`, name)));
    expect((await files.list(RUN, "many")).map(({ path }) => path)).toEqual(names.map((name) => `many/${name}`));
    for (const root of ["s3://bucket/root", "s3://bucket/root/", "s3://bucket"])
      expect((await failureOf(files.delete(root, ""))).message).toContain("cannot be deleted");
    await files.delete("s3://bucket/root/1/run", "");
    expect(await files.list("s3://bucket/root", "")).toEqual([]);
  });
});

describe("what uploads have besides their content", () => {
  it("is a type by the name, and what MLFLOW_S3_UPLOAD_EXTRA_ARGS says", async () => {
    const given = '{"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": "key-1", "Tagging": "team=a"}';
    const { server, files } = await open({ MLFLOW_S3_UPLOAD_EXTRA_ARGS: given });
    await files.write(RUN, "page.html", "text");
    const sent = server.requests.find(({ line }) => line.startsWith("PUT "))?.headers;
    expect(sent).toMatchObject({
      "content-type": "text/html",
      "x-amz-server-side-encryption": "aws:kms",
      "x-amz-server-side-encryption-aws-kms-key-id": "key-1",
      "x-amz-tagging": "team=a",
    });
  });
});

describe("what fails", () => {
  it.each([
    ["a bucket that is missing", "s3://none/1", "RESOURCE_DOES_NOT_EXIST", "The bucket s3://none of 'a.txt' does not exist."],
    ["a URI of another kind", "hdfs://host/1", undefined, "cannot be reached from here"],
    ["a URI without a bucket", "s3:///1", undefined, "cannot be reached from here"],
    ["a URI that climbs", "s3://bucket/../other", "INVALID_PARAMETER_VALUE", "Invalid path"],
  ])("%s is said", async (_, uri, errorCode, message) => {
    const { files } = await open();
    for (const work of [() => files.read(uri, "a.txt"), () => files.write(uri, "a.txt", "text"), () => files.describe(uri, "a.txt")]) {
      const error = await failureOf(work());
      expect([(error as { errorCode?: string }).errorCode, error.message]).toEqual([errorCode, expect.stringContaining(message)]);
    }
  });

  it.each([
    [403, "AccessDenied", "PERMISSION_DENIED", /may not use s3:\/\/bucket.*AccessDenied: it is refused/],
    [403, "SignatureDoesNotMatch", "PERMISSION_DENIED", /s3:\/\/bucket refused the credentials: SignatureDoesNotMatch/],
    [403, "InvalidAccessKeyId", "PERMISSION_DENIED", /refused the credentials/],
    [400, "ExpiredToken", "PERMISSION_DENIED", /refused the credentials/],
    [503, "SlowDown", "TEMPORARILY_UNAVAILABLE", /s3:\/\/bucket at http:.* cannot be reached: SlowDown/],
    [500, "InternalError", "TEMPORARILY_UNAVAILABLE", /cannot be reached/],
    [400, "KMS.NotFoundException", "INVALID_PARAMETER_VALUE", /KMS\.NotFoundException/],
  ])("%s %s is %s with a hint, and without the secret", async (status, code, errorCode, message) => {
    const { server, files } = await open();
    server.fault = () => ({ status, code });
    for (const work of [() => files.write(RUN, "a.txt", "text"), () => files.describe(RUN, "a.txt"), () => files.list(RUN, "")]) {
      const error = await failureOf(work());
      if (status < 500) expect(error.message).toMatch(message); // no body says why the store itself is down
      expect(error).toMatchObject({ errorCode, hint: expect.any(String) as string });
      expect(`${error.message} ${error.hint}`).not.toContain("topsecret");
      expect(error.cause).toBeUndefined();
    }
  });

  it("a store that is away is said, after it was tried again", async () => {
    const { server, files } = await open();
    let tries = 0;
    server.fault = () => (tries++, "cut");
    expect(await failureOf(files.describe(RUN, "a.txt"))).toMatchObject({ errorCode: "TEMPORARILY_UNAVAILABLE" });
    expect(tries).toBe(3);
    server.kill();
    expect((await failureOf(files.list(RUN, ""))).hint).toContain("MLFLOW_S3_ENDPOINT_URL");
  });

  it("an object that may not be deleted is named", async () => {
    const { server, files } = await open();
    await files.write(RUN, "a.txt", "text");
    server.fault = (line) => (line.startsWith("POST ") ? { status: 403, code: "AccessDenied" } : undefined);
    expect(await failureOf(files.delete(RUN, ""))).toMatchObject({ errorCode: "PERMISSION_DENIED" });
  });
});

function digest(content: Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

function* slices(content: Buffer): Generator<Buffer> {
  for (let start = 0; start < content.length; start += MIB) yield content.subarray(start, start + MIB);
}
