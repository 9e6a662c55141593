// A strict OpenID provider for login tests: device grant and authorization code with PKCE, refresh tokens that rotate and whose
// family ends on a replay. The person is played by POST /person.
//
// usage: node issuer.mjs PACKAGES PORT    prints one line of JSON when it listens; ends with its standard input.

import http from 'node:http';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const [packages, wanted] = process.argv.slice(2);
const require = createRequire(pathToFileURL(`${packages}/`));
const { Provider } = await import(pathToFileURL(require.resolve('oidc-provider')));

const server = http.createServer((request, response) => handle(request, response));
await new Promise((done) => server.listen(Number(wanted), '127.0.0.1', done));
const { port } = server.address();
const issuer = `http://127.0.0.1:${port}`;

const lifetime = { device: 600, access: 3600 };
const provider = new Provider(issuer, {
  clients: [{
    client_id: 'hermes-test',
    token_endpoint_auth_method: 'none',
    application_type: 'native',
    grant_types: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'],
    response_types: ['code'],
    redirect_uris: ['http://127.0.0.1/callback'],
  }],
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, email: `${id}@example.test` }) }),
  features: {
    deviceFlow: { enabled: true, mask: '****-****', charset: 'base-20' },
    devInteractions: { enabled: false },
    revocation: { enabled: true },
    introspection: { enabled: true, allowedPolicy: () => true },
  },
  scopes: ['openid', 'offline_access'],
  ttl: {
    DeviceCode: () => lifetime.device,
    AccessToken: () => lifetime.access,
    AuthorizationCode: 60,
    RefreshToken: 86400,
    Grant: 86400,
    Session: 86400,
    Interaction: 600,
    IdToken: 600,
  },
  rotateRefreshToken: true,
  issueRefreshToken: async () => true,
  interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
  cookies: { keys: ['test'] },
  pkce: { required: () => true },
});
// How often a refresh token was spent, and how often one was refused.
const counts = { refreshes: 0, refused: 0 };
provider.on('grant.success', (ctx) => { if (ctx.oidc.params?.grant_type === 'refresh_token') counts.refreshes += 1; });
provider.on('grant.error', (ctx) => { if (ctx.oidc.params?.grant_type === 'refresh_token') counts.refused += 1; });
const oidc = provider.callback();

async function handle(request, response) {
  const url = new URL(request.url, issuer);
  try {
    if (request.method === 'POST' && url.pathname === '/person') return await person(request, response);
    if (url.pathname === '/told') return tell(response, counts);
    if (url.pathname.startsWith('/interaction/')) return await interact(request, response, url);
    return oidc(request, response);
  } catch (error) {
    response.writeHead(500).end(String(error));
  }
}

/** Answers in one piece: its reader takes no chunks apart. */
function tell(response, value) {
  const body = JSON.stringify(value);
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }).end(body);
}

async function json(request) {
  let text = '';
  for await (const part of request) text += part;
  return JSON.parse(text);
}

// {"user_code", "action": "approve" | "deny"} or {"device_seconds", "access_seconds"}.
async function person(request, response) {
  const order = await json(request);
  if (order.device_seconds) lifetime.device = order.device_seconds;
  if (order.access_seconds) lifetime.access = order.access_seconds;
  if (order.user_code) {
    const code = await provider.DeviceCode.findByUserCode(order.user_code.replace(/[^A-Za-z0-9]/g, '').toUpperCase());
    if (!code) return response.writeHead(404).end('{}');
    if (order.action === 'deny') {
      Object.assign(code, { error: 'access_denied', errorDescription: 'the person said no' });
    } else {
      const grantId = await grant(code.params.client_id, code.params.scope, 'person');
      Object.assign(code, { accountId: 'person', grantId, scope: code.params.scope, authTime: 1, claims: {}, resource: undefined });
      code.sessionUid = undefined;
    }
    await code.save();
  }
  return response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
}

async function grant(clientId, scope, accountId) {
  const made = new provider.Grant({ accountId, clientId });
  made.addOIDCScope(scope ?? 'openid offline_access');
  return made.save();
}

// A browser that follows the authorize link is signed in and has agreed at once.
async function interact(request, response) {
  const { prompt, params } = await provider.interactionDetails(request, response);
  if (params.login_hint === 'deny') {
    return provider.interactionFinished(request, response, { error: 'access_denied', error_description: 'the person said no' });
  }
  const grantId = await grant(params.client_id, params.scope, 'person');
  const result = prompt.name === 'login' ? { login: { accountId: 'person' }, consent: { grantId } } : { consent: { grantId } };
  return provider.interactionFinished(request, response, result, { mergeWithLastSubmission: true });
}

console.log(JSON.stringify({ issuer }));
process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
