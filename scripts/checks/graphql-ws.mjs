// Tests WebSockets with npm's graphql-ws client, and protocol violations with raw sockets.
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { baseUrl, cartSubscription, check, equal, finish, storefrontOf, within } from './tools.mjs';

const url = storefrontOf(baseUrl());
const wsUrl = url.replace(/^http/, 'ws');
const SECONDS = 1000;

/** A raw socket that collects what it hears. */
function open(protocol = 'graphql-transport-ws') {
  const socket = protocol ? new WebSocket(wsUrl, protocol) : new WebSocket(wsUrl);
  const heard = [];
  const waiting = [];
  socket.on('message', (data) => {
    const message = JSON.parse(data);
    const next = waiting.shift();
    if (next) next(message);
    else heard.push(message);
  });
  return {
    opened: within(5 * SECONDS, new Promise((resolve, reject) => socket.on('open', resolve).on('error', reject)), 'open'),
    closed: new Promise((resolve) => socket.on('close', (code, reason) => resolve({ code, reason: String(reason) }))),
    say: (message) => socket.send(typeof message === 'string' ? message : JSON.stringify(message)),
    raw: socket,
    next: (what = 'message') =>
      heard.length > 0 ? Promise.resolve(heard.shift()) : within(5 * SECONDS, new Promise((resolve) => waiting.push(resolve)), what),
  };
}

async function ready() {
  const socket = open();
  await socket.opened;
  socket.say({ type: 'connection_init' });
  equal((await socket.next()).type, 'connection_ack');
  return socket;
}

async function closesWith(socket, code, ms = 5 * SECONDS) {
  const close = await within(ms, socket.closed, `close ${code}`);
  equal(close.code, code, `close code (${close.reason})`);
}

const subscribe = (id, query, variables) => ({ id, type: 'subscribe', payload: { query, variables } });

await check('4406 without a subprotocol', async () => {
  await closesWith(open(null), 4406);
});
await check('4406 with the subprotocol of subscriptions-transport-ws', async () => {
  await closesWith(open('graphql-ws'), 4406);
});
for (const [name, message] of [
  ['text that is no JSON', 'hello'],
  ['JSON without a type', '{}'],
  ['an unknown type', '{"type":"start"}'],
  ['a subscribe without an id', '{"type":"subscribe","payload":{"query":"{ __typename }"}}'],
  ['a subscribe without a payload', '{"type":"subscribe","id":"1"}'],
  ['a subscribe without a query', '{"type":"subscribe","id":"1","payload":{}}'],
  ['a complete without an id', '{"type":"complete"}'],
]) {
  await check(`4400 for ${name}`, async () => {
    const socket = await ready();
    socket.say(message);
    await closesWith(socket, 4400);
  });
}
await check('4400 for a binary frame', async () => {
  const socket = await ready();
  socket.raw.send(Buffer.from([1, 2, 3]));
  await closesWith(socket, 4400);
});
await check('4401 for an operation before the acknowledgement', async () => {
  const socket = open();
  await socket.opened;
  socket.say(subscribe('1', '{ __typename }'));
  await closesWith(socket, 4401);
});
await check('4408 when the connection is not initialised in time', async () => {
  const socket = open();
  await socket.opened;
  await closesWith(socket, 4408, 30 * SECONDS);
});
await check('4409 when the id of a running operation is used again', async () => {
  const { query, variables } = await cartSubscription(url);
  const socket = await ready();
  socket.say(subscribe('same', query, variables));
  socket.say(subscribe('same', query, variables));
  await closesWith(socket, 4409);
});
await check('4429 for a second initialisation', async () => {
  const socket = await ready();
  socket.say({ type: 'connection_init' });
  await closesWith(socket, 4429);
});
await check('1009 for a message of 1 MB', async () => {
  const socket = await ready();
  socket.say(subscribe('1', `{ __typename ${' '.repeat(1 << 20)} }`));
  await closesWith(socket, 1009);
});
await check('pings are answered before and after the acknowledgement', async () => {
  const socket = open();
  await socket.opened;
  socket.say({ type: 'ping', payload: { some: 'thing' } });
  equal((await socket.next()).payload, { some: 'thing' });
  socket.say({ type: 'connection_init' });
  equal((await socket.next()).type, 'connection_ack');
  socket.say({ type: 'ping' });
  equal((await socket.next()).type, 'pong');
  socket.say({ type: 'pong' });
  socket.raw.close();
});
await check('an invalid operation is answered with an error, and the connection stays', async () => {
  const socket = await ready();
  socket.say(subscribe('bad', '{ nothing }'));
  const error = await socket.next();
  equal([error.type, error.id, error.payload[0].extensions.code], ['error', 'bad', 'BAD_USER_INPUT']);
  socket.say(subscribe('bad', '{ __typename }'));
  equal((await socket.next()).type, 'next');
  equal(await socket.next(), { type: 'complete', id: 'bad' });
  socket.raw.close();
});
await check('a completed subscription says nothing more', async () => {
  const { query, variables, change } = await cartSubscription(url);
  const socket = await ready();
  socket.say(subscribe('s', query, variables));
  socket.say({ type: 'complete', id: 's' });
  socket.say(subscribe('q', '{ __typename }'));
  await change();
  equal((await socket.next()).id, 'q');
  equal(await socket.next(), { type: 'complete', id: 'q' });
  socket.raw.close();
});

const client = createClient({ url: wsUrl, webSocketImpl: WebSocket, retryAttempts: 0, keepAlive: 2 * SECONDS });
await check('graphql-ws: a query', async () => {
  for await (const result of client.iterate({ query: '{ __typename }' })) equal(result.data, { __typename: 'Query' });
});
await check('graphql-ws: twenty operations on one connection', async () => {
  const ask = async (number) => {
    const query = `query Q { a${number}: __typename }`;
    for await (const result of client.iterate({ query })) equal(Object.keys(result.data), [`a${number}`]);
  };
  await Promise.all(Array.from({ length: 20 }, (_, number) => ask(number)));
});
await check('graphql-ws: an operation that is refused', async () => {
  let errors;
  try {
    for await (const _ of client.iterate({ query: '{ nothing }' }));
  } catch (refused) {
    errors = refused;
  }
  equal(errors?.[0]?.extensions?.code, 'BAD_USER_INPUT');
});
await check('graphql-ws: a subscription hears a change and is ended by the client', async () => {
  const { query, variables, change } = await cartSubscription(url);
  const results = client.iterate({ query, variables });
  const first = within(10 * SECONDS, changed(results, change), 'an update');
  equal((await first) > 0, true, 'version is positive');
  await results.return();
});
await client.dispose();

/** Changes the cart until the subscription has heard of it; it may not be listening at once. */
async function changed(results, change) {
  let version = 0;
  const again = setInterval(() => change().catch(() => {}), SECONDS / 2);
  try {
    await change();
    const { value } = await results.next();
    version = value.data.cartUpdated.version;
  } finally {
    clearInterval(again);
  }
  return version;
}

finish();
