// Serves the built call page as the server does (`/call/` and POST `/call/token`), here even behind
// a path prefix. TRIBUTARY_CALL_PAGE, the address of a page that is served already, replaces it.
import { existsSync, readFileSync } from 'node:fs';
import http from 'node:http';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inCi, server as defaultServer } from './server.mjs';
import { token } from './token.mjs';

const dist = join(dirname(fileURLToPath(import.meta.url)), '../../../../web/dist');
export const skipUnlessPage =
  existsSync(join(dist, 'index.html')) || process.env.TRIBUTARY_CALL_PAGE || inCi ? false : 'the call page is not built: run `npm ci && npm run build` in server/web';

const types = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.txt': 'text/plain' };

/** `mint` may be replaced, to answer with tokens that are wrong in some way; `null` answers 404. */
export async function servePage({ of = defaultServer, mint = (claims) => token(of, claims) } = {}) {
  const web = http.createServer((request, response) => {
    const path = new URL(request.url, 'http://page').pathname;
    if (request.method === 'POST' && path === '/some/prefix/call/token') {
      let body = '';
      request.on('data', (data) => (body += data));
      request.on('end', () => {
        const { room, name } = JSON.parse(body);
        if (!mint) return void response.writeHead(404).end('404 page not found');
        const identity = `${name.toLowerCase().replaceAll(/\W+/g, '-')}-${Math.random().toString(36).slice(2, 6)}`;
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ url: of.url, token: mint({ room, identity, name }) }));
      });
      return;
    }
    const name = path.replace('/some/prefix/call/', '') || 'index.html';
    const file = join(dist, name);
    if (!path.startsWith('/some/prefix/call/') || name.includes('..') || !existsSync(file)) return void response.writeHead(404).end();
    response.writeHead(200, { 'content-type': types[extname(name)] ?? 'application/octet-stream' }).end(readFileSync(file));
  });
  await new Promise((done) => web.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${web.address().port}/some/prefix/call/`,
    port: web.address().port,
    stop: () => new Promise((done) => (web.closeAllConnections(), web.close(done))),
  };
}
