import { basename } from "node:path";
import send from "@fastify/send";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { ArtifactStore } from "../artifact-store.js";
import { answerFile, type Place } from "./file-answer.js";

/** Shown as text, so that a browser never runs what somebody uploaded. */
const TEXT =
  /(^MLmodel|^MLproject|\.(txt|log|err|cfg|conf|cnf|cf|ini|properties|prop|hocon|toml|yaml|yml|xml|json|jsonl|js|py|py3|csv|tsv|md|rst|html?|svg))$/i;

/** What is shown of a stranger's file may draw itself, and nothing else. */
const SANDBOX = "sandbox; default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'; media-src 'self'";

/** Hands out a file to be kept. */
export async function download(
  artifacts: ArtifactStore,
  place: Place,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const name = basename(place.path);
  return answerFile(artifacts, place, { request, reply }, { "content-type": contentType(name), "content-disposition": attachment(name) });
}

/** RFC 6266: a name for clients that read no others, and the name as it is. */
function attachment(name: string): string {
  const plain = name.replaceAll(/[^ -~]|["\\]/g, "_");
  return `attachment; filename="${plain}"${plain === name ? "" : `; filename*=UTF-8''${encodeURIComponent(name)}`}`;
}

/** Shows a file in the browser, as what it is: in a sandbox, where it runs nothing and asks for nothing. */
export async function show(artifacts: ArtifactStore, place: Place, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const type = send.mime.getType(place.path) ?? (TEXT.test(place.path) ? "text/plain" : "application/octet-stream");
  const isText = /^text\/|json|xml|javascript/.test(type);
  const shown = { "content-type": isText ? `${type}; charset=utf-8` : type, "content-security-policy": SANDBOX };
  return answerFile(artifacts, place, { request, reply }, { ...shown, "x-content-type-options": "nosniff" });
}

function contentType(name: string): string {
  if (TEXT.test(name)) return "text/plain; charset=utf-8";
  return send.mime.getType(name) ?? "application/octet-stream";
}
