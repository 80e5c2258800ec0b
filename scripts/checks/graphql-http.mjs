// Runs the audits of npm's graphql-http on both endpoints; every MUST, SHOULD and MAY must pass.
import { serverAudits } from 'graphql-http';
import { baseUrl, check, finish } from './tools.mjs';

const base = baseUrl().replace(/\/$/, '');
for (const path of ['/graphql', '/admin/graphql']) {
  for (const audit of serverAudits({ url: base + path })) {
    await check(`${path} ${audit.id} ${audit.name}`, async () => {
      const result = await audit.fn();
      if (result.status !== 'ok') throw new Error(`${result.status}: ${result.reason}`);
    });
  }
}
finish();
