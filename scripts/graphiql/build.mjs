// Bundles GraphiQL and its examples into api/assets/graphiql, which the server embeds.
import { copyFile, mkdir, readFile, readdir, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, '../../api/assets/graphiql');

// Drop the embedded fonts, which are most of the style sheet; system fonts are sufficient.
const withoutFonts = {
  name: 'without-fonts',
  setup: ({ onLoad }) =>
    onLoad({ filter: /\.css$/ }, async ({ path }) => ({
      contents: (await readFile(path, 'utf8')).replace(/@font-face\s*{[^}]*}/g, ''),
      loader: 'css',
    })),
};

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
await build({
  entryPoints: { graphiql: join(here, 'src/main.jsx') },
  outdir: out,
  bundle: true,
  minify: true,
  format: 'esm',
  target: 'es2022',
  jsx: 'automatic',
  define: { 'process.env.NODE_ENV': '"production"' },
  loader: { '.graphql': 'text' },
  plugins: [withoutFonts],
  legalComments: 'linked',
});
await copyFile(join(here, 'src/index.html'), join(out, 'index.html'));
for (const file of (await readdir(out)).sort()) {
  console.log(`${file} ${Math.round((await stat(join(out, file))).size / 1024)} kB`);
}
