import { createGraphiQLFetcher } from '@graphiql/toolkit';
import { GraphiQL } from 'graphiql';
import { createClient } from 'graphql-ws';
import { createRoot } from 'react-dom/client';

import 'graphiql/style.css';
import './main.css';
import { ENDPOINTS } from './examples.js';

const CHOICE = 'mercator:endpoint';

// Each endpoint keeps its own tabs and history.
const storageOf = (name) => {
  const prefix = `mercator:${name}:`;
  return {
    getItem: (key) => localStorage.getItem(prefix + key),
    setItem: (key, value) => localStorage.setItem(prefix + key, value),
    removeItem: (key) => localStorage.removeItem(prefix + key),
    clear: () => Object.keys(localStorage).filter((key) => key.startsWith(prefix)).forEach((key) => localStorage.removeItem(key)),
    get length() {
      return Object.keys(localStorage).filter((key) => key.startsWith(prefix)).length;
    },
  };
};

// Channel, locale, currency and country of the page's URL are passed on to the API.
const fetcherOf = (path) => {
  const url = new URL(path, location.href);
  for (const [name, value] of new URLSearchParams(location.search)) {
    if (name !== 'endpoint') url.searchParams.set(name, value);
  }
  const socketUrl = new URL(url);
  socketUrl.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  const plain = createGraphiQLFetcher({ url: url.href });
  return (params, options) => {
    const headers = options?.headers ?? {};
    if (!isSubscription(params, options)) return plain(params, options);
    // A connection for each subscription, because its credentials are those of the tab.
    const wsClient = createClient({ url: socketUrl.href, retryAttempts: 0, connectionParams: headers });
    return createGraphiQLFetcher({ url: url.href, wsClient })(params, options);
  };
};

const isSubscription = ({ operationName }, options) =>
  options?.documentAST?.definitions.some(
    (definition) => definition.operation === 'subscription' && (!operationName || definition.name?.value === operationName),
  ) ?? false;

const initialEndpoint = () => {
  const wanted = new URLSearchParams(location.search).get('endpoint') ?? localStorage.getItem(CHOICE);
  return ENDPOINTS.find(({ name }) => name === wanted) ?? ENDPOINTS[0];
};

const endpoint = initialEndpoint();
const fetcher = fetcherOf(endpoint.path);
const storage = storageOf(endpoint.name);
// GraphiQL fills in the variables of the first tab only when they are given apart from it.
const first = storage.length === 0 ? endpoint.tabs[0] : {};

// GraphiQL reads its storage once, so another endpoint is another page.
const choose = (event) => {
  localStorage.setItem(CHOICE, event.target.value);
  const url = new URL(location.href);
  url.searchParams.set('endpoint', event.target.value);
  location.assign(url);
};

function App() {
  return (
    <GraphiQL fetcher={fetcher} storage={storage} defaultTabs={endpoint.tabs} query={first.query} variables={first.variables} shouldPersistHeaders defaultEditorToolsVisibility="variables">
      <GraphiQL.Logo>
        <label className="endpoint">
          Mercator
          <select aria-label="Endpoint" value={endpoint.name} onChange={choose}>
            {ENDPOINTS.map(({ name, path }) => (
              <option key={name} value={name}>{`${name}: ${path}`}</option>
            ))}
          </select>
        </label>
      </GraphiQL.Logo>
    </GraphiQL>
  );
}

createRoot(document.getElementById('graphiql')).render(<App />);
