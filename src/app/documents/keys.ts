import { z } from "zod";
import { storedKeySchema } from "../../lib/serving/access/key-file.js";

const key = storedKeySchema.omit({ hash: true });

export const keysDocumentSchema = z.object({ schema: z.literal("llmops.keys/1"), keys: z.array(key) });

export type KeysDocument = z.infer<typeof keysDocumentSchema>;

const schema = z.literal("llmops.key/1");
const createdSchema = key.pick({ id: true, name: true, scopes: true, limits: true, max_parallel: true }).extend({
  schema,
  key: z.string().describe("The key itself, which is shown this once."),
});
const revokedSchema = key.pick({ id: true, name: true, revoked_at: true }).extend({ schema });

/** What `keys create` and `keys revoke` print. */
export const keyDocumentSchema = z.union([createdSchema, revokedSchema]);

export type CreatedKeyDocument = z.infer<typeof createdSchema>;
export type RevokedKeyDocument = z.infer<typeof revokedSchema>;
