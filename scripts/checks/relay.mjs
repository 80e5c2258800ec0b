// Compiles operations for both schemas with relay-compiler: connections, the Node interface, refetching and paging.
import { execFileSync } from 'node:child_process';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { check, finish } from './tools.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const compiler = join(here, 'node_modules/.bin/relay-compiler');

for (const name of ['storefront', 'admin']) {
  await check(`relay-compiler compiles the ${name} components`, async () => {
    // The compiler ignores node_modules.
    const root = await mkdtemp(join(tmpdir(), `mercator-relay-${name}-`));
    await cp(join(here, 'relay', name), join(root, 'src'), { recursive: true });
    await cp(join(here, `../../schema/${name}.graphql`), join(root, 'schema.graphql'));
    const config = { src: './src', schema: './schema.graphql', language: 'typescript', eagerEsModules: true };
    await writeFile(join(root, 'relay.config.json'), JSON.stringify(config));
    await writeFile(join(root, 'package.json'), '{}');
    try {
      execFileSync(compiler, ['relay.config.json'], { cwd: root, encoding: 'utf8', stdio: 'pipe' });
    } catch (error) {
      throw new Error(`${error.stdout ?? ''}${error.stderr ?? ''}`.slice(0, 3000));
    } finally {
      await rm(root, { recursive: true, force: true });
    }
  });
}
finish();
