import { z } from "zod";

/** A number that is NaN where nothing was measured: JSON has null there, and so has its JSON Schema. */
export const measured = z.number().meta({ type: ["number", "null"], description: "null where nothing was measured." });
