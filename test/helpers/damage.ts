import { chmodSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import type { Random } from "../../src/lib/base/math/random.js";

type Damage = (path: string, random: Random) => void;

const change = (edit: (bytes: Buffer, random: Random) => Buffer): Damage => {
  return (path, random) => writeFileSync(path, edit(readFileSync(path), random));
};
const place = (bytes: Buffer, random: Random) => Math.floor(random() * bytes.length);

/** What happens to files: killed writers, full disks, other programs, people. */
const DAMAGES: readonly Damage[] = [
  change((bytes, random) => bytes.subarray(0, place(bytes, random))),
  change(() => Buffer.alloc(0)),
  change((bytes, random) => bytes.map((byte) => (random() < 0.02 ? Math.floor(random() * 256) : byte)) as Buffer),
  change((bytes) => Buffer.alloc(bytes.length)),
  change((bytes, random) => Buffer.from(Array.from({ length: bytes.length || 10 }, () => Math.floor(random() * 256)))),
  change((bytes, random) => Buffer.concat([bytes, bytes.subarray(place(bytes, random))])),
  change(() => Buffer.from("null\n")),
  change(() => Buffer.from('{"offset":-1}\n{"offset":1e300}\n[]\n')),
  change((bytes, random) =>
    Buffer.from(
      bytes.toString("latin1").replaceAll(/\d+/g, (number) => (random() < 0.3 ? "null" : number)),
      "latin1",
    ),
  ),
  (path) => rmSync(path),
  (path) => {
    rmSync(path);
    mkdirSync(path);
  },
  (path) => {
    rmSync(path);
    symlinkSync("/nowhere/at/all", path);
  },
  (path) => chmodSync(path, 0),
];

/** Damages one to four of the files below a folder at random. Returns what was done, for the message of a failing test. */
export function damageFolder(folder: string, random: Random): string[] {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => lstatSync(join(folder, name)).isFile());
  return Array.from({ length: 1 + Math.floor(random() * 4) }, () => {
    const [name = ""] = files.splice(Math.floor(random() * files.length), 1);
    const kind = Math.floor(random() * DAMAGES.length);
    if (name !== "") DAMAGES[kind]?.(join(folder, name), random);
    return `${name}: damage ${kind}`;
  });
}
