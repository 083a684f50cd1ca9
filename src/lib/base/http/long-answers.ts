import type { FastifyInstance } from "fastify";
import { hasLongList, jsonText } from "../slices/json-text.js";
import { inSlices } from "../slices/slices.js";

/** Answers with a long list (tokens, vectors, the history of a metric) are written in slices, so that nobody waits for them. */
export function writeLongAnswersInSlices(app: FastifyInstance): void {
  app.addHook("preSerialization", (_request, reply, payload, done) => {
    if (!hasLongList(payload)) return done(null, payload);
    reply.serializer((text: string) => text);
    inSlices(jsonText(payload)).then(
      (text) => done(null, text),
      (error: unknown) => done(error as Error),
    );
  });
}
