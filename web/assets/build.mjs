// Bundle the browser's code and styles into web/static/dist, each file named by the hash of its content, and write
// manifest.json (plain name -> hashed name) for the templates. Run through `make run` or `npm run build`.
import { build } from "esbuild";
import { createHash } from "node:crypto";
import { readFile, rm, writeFile } from "node:fs/promises";
import { basename } from "node:path";

const OUT = "web/static/dist";
const ENTRIES = {
  "app": "web/assets/js/app.js",
  "app-style": "web/assets/css/app.css",
  "diagram": "web/assets/js/diagram.js",
  "diagram-style": "web/assets/css/diagram.css",
};

const PICTURES = ["icons.svg", "icon.svg"]; // served as they are

await rm(OUT, { recursive: true, force: true });
const { metafile } = await build({
  entryPoints: Object.entries(ENTRIES).map(([out, source]) => ({ in: source, out })),
  outdir: OUT,
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
  await writeFile(`${OUT}/${manifest[name]}`, content);
}
await writeFile(`${OUT}/manifest.json`, `${JSON.stringify(manifest, null, 2)}\n`);
