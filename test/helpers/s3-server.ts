import { createServer, request as send, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { startFauxqs } from "fauxqs";
import { onTestFinished } from "vitest";
import type { S3Connection } from "../../src/lib/tracking/s3/s3-client.js";
import { s3Settings } from "../../src/lib/base/config/s3-settings.js";

/** The server takes parts of less than 11 MiB. */
const MIB = 1024 * 1024;

/** What happens to a request: nothing, no answer, an answer of another status, or one that breaks off after so many bytes. */
export type Fault = "cut" | { status: number; code: string } | { cutAfterBytes: number };

/** A server that speaks S3's protocol, with an empty bucket called "bucket". */
export interface S3Server {
  url: string;
  /** Each request as METHOD PATH, with its headers. */
  requests: { line: string; headers: IncomingMessage["headers"] }[];
  /** Says what happens to a request; nothing unless it is set. */
  fault: (line: string) => Fault | undefined;
  /** Answers nobody from now on. */
  kill: () => void;
}

/** A store on a free port, closed when the test ends; what comes to it can be broken on the way. */
export async function s3Server(): Promise<S3Server> {
  const store = await startFauxqs({ port: 0, host: "127.0.0.1", logger: false });
  store.createBucket("bucket");
  const made: S3Server = { url: "", requests: [], fault: () => undefined, kill: () => undefined };
  const proxy = createServer((request, response) => pass(request, response, { port: store.port, made }));
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  made.url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  made.kill = () => {
    proxy.close();
    proxy.closeAllConnections();
  };
  onTestFinished(async () => {
    made.kill();
    await store.stop();
  });
  return made;
}

/** A connection to a store as the environment would say it, that tries twice more. */
export function s3Connection(url: string, environment: Record<string, string> = {}): S3Connection {
  const said = {
    MLFLOW_S3_ENDPOINT_URL: url,
    AWS_ACCESS_KEY_ID: "KEYID",
    AWS_SECRET_ACCESS_KEY: "topsecret",
    MLFLOW_MULTIPART_UPLOAD_CHUNK_SIZE: `${8 * MIB}`,
    ...environment,
  };
  return { s3: s3Settings(said), maxRetries: 2, timeoutSeconds: 20, poolSize: 4 };
}

function pass(request: IncomingMessage, response: ServerResponse, { port, made }: { port: number; made: S3Server }): void {
  const line = `${request.method} ${request.url}`;
  made.requests.push({ line, headers: request.headers });
  const fault = made.fault(line);
  if (fault === "cut") return void request.socket.destroy();
  if (fault !== undefined && "status" in fault) {
    request.resume();
    response.writeHead(fault.status, { "content-type": "application/xml" });
    return void response.end(
      request.method === "HEAD" ? undefined : `<Error><Code>${fault.code}</Code><Message>it is refused</Message></Error>`,
    );
  }
  const passed = send({ port, host: "127.0.0.1", method: request.method, path: request.url, headers: request.headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 500, answer.headers);
    if (fault === undefined) return void answer.pipe(response);
    let left = fault.cutAfterBytes;
    answer.on("data", (piece: Buffer) => {
      response.write(piece.subarray(0, left), () => left <= 0 && request.socket.destroy());
      left -= piece.length;
    });
  });
  passed.on("error", () => request.socket.destroy());
  request.on("error", () => passed.destroy());
  request.pipe(passed);
}
