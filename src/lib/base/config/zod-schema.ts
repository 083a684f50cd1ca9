import { z } from "zod";

/** The JSON Schema of what a declaration reads, to stand inside of another schema. */
export function zodSchema(declaration: z.ZodType): object {
  const members = Object.entries(z.toJSONSchema(declaration, { io: "input" }));
  return Object.fromEntries(members.filter(([name]) => name !== "$schema"));
}
