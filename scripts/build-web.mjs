// Builds the web application of src/web with Vite. What it made is kept in node_modules/.cache under the hash of its sources, so that a build
// whose web sources have not changed only copies files. Beside each file that compresses well is its gzip, for browsers far away.
import { createHash } from "node:crypto";
import { cpSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { constants, gzipSync } from "node:zlib";

const root = fileURLToPath(new URL("..", import.meta.url));
const cache = `${root}/node_modules/.cache/llmops-web`;

/** Puts the built application into a folder, which must not be there yet. */
export async function buildWeb(folder) {
  const made = `${cache}/${sourceHash()}`;
  if (!existsSync(made)) await bundleInto(made);
  cpSync(made, folder, { recursive: true });
}

/** The hash of all that the bundle is made of: its sources, this file, and the versions of its packages. */
function sourceHash() {
  const hash = createHash("sha256");
  const sources = readdirSync(`${root}/src/web`, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.includes(".test."))
    .map((entry) => `${entry.parentPath}/${entry.name}`)
    .sort();
  for (const path of [...sources, fileURLToPath(import.meta.url), `${root}/package-lock.json`]) {
    hash
      .update(`${path.slice(root.length)}\0`)
      .update(readFileSync(path))
      .update("\0");
  }
  return hash.digest("hex").slice(0, 32);
}

/** The folder is there whole or not at all; bundles of other sources are removed. */
async function bundleInto(made) {
  const [{ build }, { default: react }] = await Promise.all([import("vite"), import("@vitejs/plugin-react")]);
  const draft = `${cache}/draft-${process.pid}`;
  const { NODE_ENV } = process.env;
  process.env.NODE_ENV = "production"; // tests build too: with theirs React would be the slow one that helps its developers
  try {
    await build({
      configFile: false,
      root: `${root}/src/web`,
      base: "/app/",
      mode: "production",
      logLevel: "warn",
      plugins: [react({ jsxImportSource: "visible-react" })],
      resolve: { alias: { "visible-react/jsx-runtime": `${root}/src/web/jsx/jsx-runtime.ts` } },
      build: {
        outDir: draft,
        emptyOutDir: true,
        target: "es2022",
        modulePreload: { polyfill: false },
        assetsInlineLimit: 0,
        chunkSizeWarningLimit: 1000,
      },
    });
    compressFiles(`${draft}/assets`);
    for (const name of readdirSync(cache)) if (!name.startsWith("draft-")) rmSync(`${cache}/${name}`, { recursive: true, force: true });
    renameSync(draft, made);
  } finally {
    if (NODE_ENV === undefined) delete process.env.NODE_ENV;
    else process.env.NODE_ENV = NODE_ENV;
    rmSync(draft, { recursive: true, force: true });
  }
}

function compressFiles(folder) {
  for (const name of readdirSync(folder)) {
    const bytes = readFileSync(`${folder}/${name}`);
    const packed = gzipSync(bytes, { level: constants.Z_BEST_COMPRESSION });
    if (packed.length < 0.8 * bytes.length) writeFileSync(`${folder}/${name}.gz`, packed);
  }
}
