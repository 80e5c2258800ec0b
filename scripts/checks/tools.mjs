// Shared by the checks: test cases with a count, and access to the shop.

const results = { passed: 0, failed: 0 };

/** Runs a case; a thrown error is its failure. */
export async function check(name, run) {
  try {
    await run();
    results.passed += 1;
    console.log(`ok    ${name}`);
  } catch (error) {
    results.failed += 1;
    console.log(`FAIL  ${name}: ${error?.message ?? JSON.stringify(error)}`);
  }
}

export function equal(actual, expected, what = 'value') {
  const [left, right] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (left !== right) throw new Error(`${what}: expected ${right}, got ${left}`);
}

/** Prints the sum and ends the process with it. */
export function finish() {
  console.log(`${results.passed} passed, ${results.failed} failed`);
  process.exit(results.failed === 0 ? 0 : 1);
}

/** Fails when it takes longer than this. */
export function within(ms, promise, what) {
  const late = new Promise((_, reject) => setTimeout(() => reject(new Error(`${what}: nothing within ${ms} ms`)), ms).unref());
  return Promise.race([promise, late]);
}

export async function gql(url, query, variables) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  const answer = await response.json();
  if (answer.errors) throw new Error(JSON.stringify(answer.errors));
  return answer.data;
}

/** The storefront of a base URL. */
export const storefrontOf = (base) => `${base.replace(/\/$/, '')}/graphql`;

/** The base URL that the script was called with. */
export function baseUrl() {
  const base = process.argv[2];
  if (!base) {
    console.error('usage: node <check>.mjs http://host:port');
    process.exit(2);
  }
  return base;
}

/**
 * A subscription that goes on until it is ended, with a way to make it say something: the shopper's own cart.
 */
export async function cartSubscription(url) {
  const { cartCreate } = await gql(url, 'mutation Create { cartCreate(input: {}) { cart { id } userErrors { code message } } }');
  const id = cartCreate.cart.id;
  const note = 'mutation Note($id: ID!, $note: String!) { cartNoteUpdate(input: { cartId: $id, note: $note }) { cart { version } userErrors { code } } }';
  return {
    query: 'subscription Changes($id: ID!) { cartUpdated(id: $id) { id version } }',
    variables: { id },
    change: async () => (await gql(url, note, { id, note: `note ${Math.random()}` })).cartNoteUpdate.cart.version,
  };
}
