// Builds the web application of src/web with Vite, and the page that commands put their data into: the same components in one file. What it made is kept in node_modules/.cache under the hash of its sources, so that a build
// whose web sources have not changed only copies files. Beside each file that compresses well is its gzip, for browsers far away.
import { createHash } from "node:crypto";
import { cpSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { constants, gzipSync } from "node:zlib";
import { reportTemplate } from "./report-template.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const cache = `${root}/node_modules/.cache/llmops-web`;

/** Modules that others stand in for. */
const REPLACED = [
  { find: "visible-react/jsx-runtime", replacement: `${root}/src/web/jsx/jsx-runtime.ts` },
  { find: /^.*\/useDefaultLocale\.mjs$/, replacement: `${root}/src/web/parts/use-english.ts` },
];
/** What loads the library of charts, where no chart is drawn. */
const WITHOUT_CHARTS = { find: /^.*\/load-charts\.js$/, replacement: `${root}/src/web/report/no-charts.ts` };

/** Puts the built application into a folder of another, as web, and the empty pages of reports beside it: report.html, and report-plain.html without charts. */
export async function buildWeb(folder) {
  const made = `${cache}/${sourceHash()}`;
  if (!existsSync(made)) await bundleInto(made);
  cpSync(made, folder, { recursive: true });
}

/** The hash of all that the bundle is made of: its sources, this file, and the versions of its packages. */
function sourceHash() {
  const hash = createHash("sha256");
  const sources = ["src/web", "src/lib/base/pages"]
    .flatMap((folder) => readdirSync(`${root}/${folder}`, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && !entry.name.includes(".test."))
    .map((entry) => `${entry.parentPath}/${entry.name}`)
    .sort();
  const own = ["build-web.mjs", "report-template.mjs"].map((name) => `${root}/scripts/${name}`);
  for (const path of [...sources, ...own, `${root}/package-lock.json`]) {
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
    const common = {
      ...{ configFile: false, root: `${root}/src/web`, mode: "production", logLevel: "warn" },
      plugins: [react({ jsxImportSource: "visible-react" })],
      resolve: { alias: REPLACED },
    };
    const browsers = { target: "es2022", modulePreload: { polyfill: false }, chunkSizeWarningLimit: 2000 };
    // what the first page needs comes in two files, one of them the same after an update, rather than in twenty that wait for each other
    const codeSplitting = {
      groups: [
        { name: "libraries", tags: ["$initial"], test: /node_modules/ },
        { name: "application", tags: ["$initial"] },
      ],
    };
    await build({
      ...common,
      base: "/app/",
      build: {
        ...browsers,
        outDir: `${draft}/web`,
        emptyOutDir: true,
        assetsInlineLimit: 0,
        rolldownOptions: { output: { codeSplitting } },
      },
    });
    compressFiles(`${draft}/web/assets`);
    // what is in one file preloads nothing: it needs no address of its own
    const oneFile = { output: { format: "iife", codeSplitting: false }, transform: { define: { "import.meta": "{}" } } };
    const rolldownOptions = { input: `${root}/src/web/report/main.tsx`, ...oneFile };
    const reportBuild = { ...browsers, modulePreload: false, write: false, cssCodeSplit: false, rolldownOptions };
    for (const [name, alias] of Object.entries({ "report.html": REPLACED, "report-plain.html": [...REPLACED, WITHOUT_CHARTS] })) {
      const { output } = await build({ ...common, resolve: { alias }, build: reportBuild });
      writeFileSync(`${draft}/${name}`, reportTemplate(output));
    }
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
