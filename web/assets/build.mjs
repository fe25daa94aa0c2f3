// Bundle the browser's code and styles into web/static/dist, each file named by the hash of its content, and write
// manifest.json (plain name -> hashed name) for the templates. Run through `make run` or `npm run build`.
// A server may be running: everything is built aside and moved in file by file, the manifest last, so that at no
// moment a page asks for something that is not there.
import { build } from "esbuild";
import { createHash } from "node:crypto";
import { rmSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename } from "node:path";

const OUT = "web/static/dist";
const ENTRIES = {
  "app": "web/assets/js/app.js",
  "app-style": "web/assets/css/app.css",
  "diagram": "web/assets/js/diagram.js",
  "verify": "web/assets/js/verify.js",
  "verify-worker": "web/assets/js/verify/worker.js",
  "diagram-style": "web/assets/css/diagram.css",
};

const PICTURES = ["icons.svg", "icon.svg"]; // served as they are
const KEPT = 3600_000; // milliseconds: a page sent just before this build may still ask for the last one's files

await mkdir(OUT, { recursive: true });
const aside = await mkdtemp(`${OUT}/building-`);
process.on("exit", () => rmSync(aside, { recursive: true, force: true })); // also after an error
const { metafile } = await build({
  entryPoints: Object.entries(ENTRIES).map(([out, source]) => ({ in: source, out })),
  outdir: aside,
  entryNames: "[name]-[hash]",
  assetNames: "[name]-[hash]",
  bundle: true,
  minify: true,
  format: "iife",
  target: ["es2020", "chrome100", "firefox100", "safari15"],
  legalComments: "eof", // the libraries' licences ask to be named in copies
  loader: { ".woff": "file", ".woff2": "file", ".ttf": "file", ".eot": "file", ".svg": "file", ".png": "file" },
  metafile: true,
  logLevel: "warning",
});

const manifest = {};
for (const [file, { entryPoint }] of Object.entries(metafile.outputs)) {
  if (entryPoint) manifest[basename(entryPoint)] = basename(file);
}
for (const name of PICTURES) {
  const content = await readFile(`web/assets/${name}`);
  const hash = createHash("sha256").update(content).digest("hex").slice(0, 8).toUpperCase();
  manifest[name] = name.replace(".svg", `-${hash}.svg`);
  await writeFile(`${aside}/${manifest[name]}`, content);
}
for (const file of await readdir(aside)) await rename(`${aside}/${file}`, `${OUT}/${file}`);
await writeFile(`${aside}/manifest.json`, `${JSON.stringify(manifest, null, 2)}\n`);
await rename(`${aside}/manifest.json`, `${OUT}/manifest.json`);

for (const entry of await readdir(OUT, { withFileTypes: true })) {
  const path = `${OUT}/${entry.name}`;
  if (entry.isFile() && Date.now() - (await stat(path)).mtimeMs > KEPT) await rm(path, { force: true });
}
