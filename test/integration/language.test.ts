import { readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** What our sources and texts do not say, with what they say: words of other languages in English, own names for things the field has terms for, British spelling. */
const BANNED: readonly (readonly [RegExp, string])[] = [
  [/\b(?:that|which|it|this|what) (?:is|are) no (?!longer\b|more\b|better\b|worse\b|less\b)[a-z]/, "is not a"],
  [/\b(?:go|goes|gone|going) on with\b/, "continue, resume"],
  [/\b[Mm]end(?:s|ed|ing)?\b/, "fix"],
  [/\bSay --/, "Pass --"],
  [/\bwith commas\b/, "comma-separated"],
  [/["`](?:[^"`]*: )?[Tt]here (?:is|are) no \w+ ["$\\]/, "Unknown NAME, or NAME was not found"],
  [/\bplus and minus that\b/, "within ±HALFWIDTH"],
  [/\btold again\b/, "sent again"],
  [/\b\w*(?:[Ss]eat|[Ss]helf|[Ss]urroundings)\b/, "panel, pool, context"],
  [/\b[Cc]onduct[A-Z]\w*/, "run, or the verb of the command"],
  [
    /\b\w*(?:[Oo]ptimis(?!m|t)|[Qq]uantis|[Mm]inimis|[Mm]aximis|[Nn]ormalis|[Ss]ummaris|[Ss]erialis(?!t)|[Rr]ecognis|[Tt]okenis)\w*/,
    "-ize",
  ],
  [/\b\w*(?:[Bb]ehaviour|[Cc]olour|[Nn]eighbour|[Ff]avour)\w*/, "-or"],
];

/** Data that models or readers see as it is, and this list itself. */
const EXEMPT =
  /^(?:test\/fixtures\/|test\/integration\/language\.test\.ts|templates\/(?:prompts|rubrics)\/|src\/lib\/experiments\/judge\/demo-domain)/;

const PLACES = ["src", "test", "docs", "templates", "scripts", "README.md", "CONTRIBUTING.md", "SECURITY.md"];

/** The files at a place, by their paths from the root; built ones begin with a dot. */
function filesAt(place: string): string[] {
  if (!statSync(join(ROOT, place)).isDirectory()) return [place];
  return readdirSync(join(ROOT, place)).flatMap((name) => (name.startsWith(".") ? [] : filesAt(`${place}/${name}`)));
}

const files = PLACES.flatMap(filesAt).filter((path) => /\.(?:tsx?|mjs|js|md|txt|ya?ml)$/.test(path) && !EXEMPT.test(path));

it("sources, help and documentation use the field's words, in American English", () => {
  const found = files.flatMap((path) =>
    readFileSync(`${ROOT}${path}`, "utf8")
      .split("\n")
      .flatMap((line, i) =>
        BANNED.flatMap(([pattern, better]) => {
          const said = pattern.exec(line)?.[0];
          return said === undefined ? [] : [`${path}:${i + 1}: "${said}"; better: ${better}`];
        }),
      ),
  );
  expect(found).toEqual([]);
});
