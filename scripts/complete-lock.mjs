// Adds to package-lock.json the optional packages of other platforms that npm left out because the
// registry mirror at hand does not carry them; without them `npm ci` refuses the lock file. Run it
// after `npm install`. Platform fields come from the package's name; hashes that are missing are asked of the registry.
// With --check it changes nothing, and fails where a package has no hash: what is installed could be anything then.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const path = fileURLToPath(new URL("../package-lock.json", import.meta.url));
const lock = JSON.parse(readFileSync(path, "utf8"));
const OS = {
  mac: "darwin",
  darwin: "darwin",
  win: "win32",
  win32: "win32",
  linux: "linux",
  android: "android",
  freebsd: "freebsd",
  openharmony: "openharmony",
};
const CPU = ["x64", "arm64", "arm", "ia32", "riscv64", "ppc64", "s390x", "loong64"];

function platformOf(name) {
  const words = name.split("/").at(-1).split("-");
  const os = words.map((word) => OS[word]).find(Boolean);
  const cpu = words.map((word) => (word.startsWith("armv7") ? "arm" : word)).find((word) => CPU.includes(word));
  if (!os || !cpu) throw new Error(`cannot tell the platform of ${name}`);
  const libc =
    words.includes("musl") || words.includes("musleabihf")
      ? "musl"
      : words.includes("gnu") || words.includes("gnueabihf")
        ? "glibc"
        : undefined;
  return { cpu: [cpu], ...(libc ? { libc: [libc] } : {}), os: [os] };
}

/** Versions the registry mirror does not have, so that nobody here can know their hashes: nothing else may be without one. */
const UNKNOWN = [
  "linux-riscv64",
  "mac-arm64-metal",
  "mac-x64",
  "win-arm64",
  "win-x64",
  "win-x64-cuda",
  "win-x64-cuda-ext",
  "win-x64-vulkan",
];
const isKnownGap = (key) => UNKNOWN.some((name) => key === `node_modules/@node-llama-cpp/${name}`);
const withoutHash = () => Object.entries(lock.packages).filter(([key, entry]) => key !== "" && !entry.link && !entry.integrity);

if (process.argv.includes("--check")) {
  const missing = withoutHash().filter(([key]) => !isKnownGap(key));
  for (const [key] of missing) console.error(`package-lock.json: ${key} has no integrity hash. Run: node scripts/complete-lock.mjs`);
  process.exit(missing.length > 0 ? 1 : 0);
}

function distOf(name, version) {
  try {
    const text = execFileSync("npm", ["view", `${name}@${version}`, "dist", "--json"], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    return JSON.parse(text);
  } catch {
    return undefined; // the registry does not have it
  }
}

const added = [];
/** Whether a package would find another one: beside itself, or in a folder further up. */
const finds = (from, name) => {
  const levels = from.split("/node_modules/");
  return (
    levels.some((_, i) => lock.packages[`${[...levels.slice(0, i + 1), ""].join("/node_modules/")}${name}`]) ||
    lock.packages[`node_modules/${name}`]
  );
};
for (const [from, entry] of Object.entries({ ...lock.packages })) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    const key = `node_modules/${name}`;
    if (finds(from, name) || !/^\d/.test(version)) continue;
    lock.packages[key] = { version, ...(entry.dev ? { dev: true } : {}), optional: true, ...platformOf(name) };
    added.push(name);
  }
}
for (const [key, { version, ...entry }] of withoutHash()) {
  const name = key.slice(key.lastIndexOf("node_modules/") + "node_modules/".length);
  const { tarball, integrity } = distOf(name, version) ?? {};
  if (integrity) lock.packages[key] = { version, resolved: tarball, integrity, ...entry };
}
const sorted = Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
lock.packages = Object.fromEntries(sorted);
writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`);
console.log(added.length === 0 ? "package-lock.json is complete" : `added ${added.join(", ")}`);
