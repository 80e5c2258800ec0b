// Tests server-sent events with npm's graphql-sse client in its default mode, one connection per operation.
import { createClient } from 'graphql-sse';
import { baseUrl, cartSubscription, check, equal, finish, storefrontOf, within } from './tools.mjs';

const url = storefrontOf(baseUrl());
const SECONDS = 1000;
const client = createClient({ url, retryAttempts: 0 });

await check('a query', async () => {
  const results = [];
  for await (const result of client.iterate({ query: '{ __typename }' })) results.push(result.data);
  equal(results, [{ __typename: 'Query' }]);
});
await check('an operation that is refused', async () => {
  const codes = [];
  for await (const result of client.iterate({ query: '{ nothing }' })) codes.push(result.errors[0].extensions.code);
  equal(codes, ['BAD_USER_INPUT']);
});
await check('a subscription hears a change and is ended by the client', async () => {
  const { query, variables, change } = await cartSubscription(url);
  const results = client.iterate({ query, variables });
  const again = setInterval(() => change().catch(() => {}), SECONDS / 2);
  try {
    const { value } = await within(10 * SECONDS, results.next(), 'an update');
    equal(value.data.cartUpdated.version > 0, true, 'version is positive');
  } finally {
    clearInterval(again);
  }
  await results.return();
});
await check('the stream is typed, unbuffered and not cached', async () => {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
    body: JSON.stringify({ query: '{ __typename }' }),
  });
  equal(response.status, 200);
  equal(response.headers.get('content-type').startsWith('text/event-stream'), true, 'content type');
  equal(response.headers.get('cache-control').includes('no-cache'), true, 'cache control');
  equal((await response.text()).endsWith('event: complete\ndata:\n\n'), true, 'ends with complete');
});
await check('mutations by GET are refused', async () => {
  const response = await fetch(`${url}?query=${encodeURIComponent('mutation { __typename }')}`, { headers: { accept: 'text/event-stream' } });
  equal(response.status, 405);
});
client.dispose();
finish();
