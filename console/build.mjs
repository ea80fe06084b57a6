// Makes the files that the signing proxy serves, and the list of their hashes.
//
// Everything is deterministic: the same sources and the same locked packages give the same bytes.

import {createHash} from 'node:crypto';
import {mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync} from 'node:fs';
import {dirname, join, relative} from 'node:path';
import {fileURLToPath} from 'node:url';
import {build} from 'esbuild';

const HERE = dirname(fileURLToPath(import.meta.url));
const SOURCES = join(HERE, 'src');
const OUT = process.argv[2] ?? join(HERE, '../cli/src/ecs_ip/console_files');
const COPIED = ['index.html', 'icon.svg'];

const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

/** Return every file below a folder, in an order that does not depend on the machine. */
function filesBelow(folder) {
  return readdirSync(folder, {withFileTypes: true})
    .flatMap((entry) =>
      entry.isDirectory() ? filesBelow(join(folder, entry.name)) : [join(folder, entry.name)],
    )
    .sort();
}

const hashes = (folder, files) =>
  Object.fromEntries(
    files.map((file) => [relative(folder, file).replaceAll('\\', '/'), sha256(readFileSync(file))]),
  );

rmSync(OUT, {recursive: true, force: true});
mkdirSync(OUT, {recursive: true});
await build({
  absWorkingDir: HERE,
  entryPoints: {app: 'src/main.js'},
  bundle: true,
  minify: true,
  format: 'esm',
  target: 'es2022',
  charset: 'utf8',
  legalComments: 'none', // LICENCES.md has them
  outdir: OUT,
  logLevel: 'warning',
});
await build({
  absWorkingDir: HERE,
  entryPoints: {app: 'src/style/app.css'},
  bundle: true,
  minify: true,
  target: 'es2022',
  outdir: OUT,
  logLevel: 'warning',
});
for (const name of COPIED) writeFileSync(join(OUT, name), readFileSync(join(SOURCES, name)));
writeFileSync(join(OUT, 'LICENCES.md'), readFileSync(join(HERE, 'LICENCES.md')));

// `files` is what the proxy may serve; `sources` tells, without Node.js, whether they are up to date.
const inputs = [
  ...filesBelow(SOURCES),
  ...['build.mjs', 'package.json', 'package-lock.json', 'LICENCES.md'].map((name) =>
    join(HERE, name),
  ),
];
const manifest = {files: hashes(OUT, filesBelow(OUT)), sources: hashes(HERE, inputs)};
writeFileSync(join(OUT, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
