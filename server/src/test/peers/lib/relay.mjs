// A bad network between unmodified clients and a server: a WebSocket proxy that passes signalling on with the server's
// candidates replaced by its own, and a UDP relay behind these, which loses, delays and reorders datagrams of each
// direction as a seed says. Everything stays on the addresses that the server already listens on.
import dgram from 'node:dgram';
import http from 'node:http';
import { isIPv6 } from 'node:net';
import { SignalResponse } from '@livekit/protocol';
import { WebSocket, WebSocketServer } from 'ws';
import { httpUrl, server } from './server.mjs';
import { seeded } from './wait.mjs';

/** A network without faults: what a direction starts as. */
const perfect = { loss: 0, reordering: 0, delayMillis: 0, reorderMillis: 0 };

/** One way of the relay: decides for each datagram when it goes on, if at all. */
class Direction {
  offered = 0;
  lost = 0;
  reordered = 0;
  overtaken = 0;
  model = perfect;

  constructor(seed) {
    this.random = seeded(seed);
  }

  /** `flow` is what goes from one address to another: its datagrams are in an order, those of different ones are not. */
  carry(flow, send) {
    const { loss, reordering, delayMillis, reorderMillis } = this.model;
    // The same number of draws for each datagram, so that a model's numbers do not move the others'.
    const [dice, overtaken, extra] = [this.random.next(), this.random.next(), this.random.next()];
    this.offered += 1;
    if (dice < loss) {
      this.lost += 1;
      return;
    }
    const late = overtaken < reordering;
    this.reordered += late ? 1 : 0;
    const wait = delayMillis + (late ? 1 + extra * reorderMillis : 0);
    const number = (flow.accepted = (flow.accepted ?? 0) + 1);
    const goOn = () => {
      if (number < (flow.newest ?? 0)) this.overtaken += 1;
      else flow.newest = number;
      send();
    };
    // Timers of one length run in the order they were made in: what is not to be reordered is not.
    if (wait > 0) setTimeout(goOn, wait);
    else goOn();
  }

  /** What it did since the last call: `reordered` were held back, `overtaken` came behind a later one of their flow. */
  take() {
    const { offered, lost, reordered, overtaken } = this;
    Object.assign(this, { offered: 0, lost: 0, reordered: 0, overtaken: 0 });
    return { offered, lost, reordered, overtaken };
  }
}

/**
 * Puts itself before `target`. `up` and `down` are the two directions; `network(up, down)` sets their models:
 * `{loss, reordering}` as shares, `{delayMillis, reorderMillis}` for everybody and at most for those that are overtaken.
 */
export async function throughRelay({ target = server, seed }) {
  const up = new Direction(seed);
  const down = new Direction(seed + 1);
  const udp = new Set();
  const sockets = new Set();
  const gates = new Map();
  const { hostname, port } = new URL(httpUrl(target));

  const bind = (address) =>
    new Promise((done, fail) => {
      const socket = dgram.createSocket(isIPv6(address) ? 'udp6' : 'udp4');
      udp.add(socket);
      socket.once('error', fail);
      socket.bind({ address, port: 0, exclusive: true }, () => {
        socket.off('error', fail);
        socket.on('error', () => undefined); // a client that is gone refuses what is still under way
        done(socket);
      });
    });

  /** The socket that stands for the server's `address` and `port`; behind it one for each client, as a NAT does it. */
  const gateTo = (address, serverPort) => {
    const key = `${address} ${serverPort}`;
    if (!gates.has(key)) {
      gates.set(key, (async () => {
        const gate = await bind(address);
        const behind = new Map();
        const toServer = new Map();
        const mapped = async ({ address: from, port: fromPort }) => {
          const inner = await bind(address);
          const toClient = {};
          inner.on('message', (datagram) => down.carry(toClient, () => udp.has(gate) && gate.send(datagram, fromPort, from)));
          return inner;
        };
        gate.on('message', async (datagram, client) => {
          const of = `${client.address} ${client.port}`;
          if (!behind.has(of)) {
            behind.set(of, mapped(client));
            toServer.set(of, {});
          }
          const inner = await behind.get(of);
          up.carry(toServer.get(of), () => udp.has(inner) && inner.send(datagram, serverPort, address));
        });
        return gate.address().port;
      })());
    }
    return gates.get(key);
  };

  /** `candidate:… 1 udp priority address port typ host …` with the relay's port; '' for what is no UDP. */
  const rewritten = async (candidate) => {
    const words = candidate.split(' ');
    if (words[2].toLowerCase() !== 'udp') return '';
    words[5] = String(await gateTo(words[4], Number(words[5])));
    return words.join(' ');
  };
  const rewrittenSdp = async (sdp) => {
    const lines = await Promise.all(
      sdp.split('\r\n').map((line) => (line.startsWith('a=candidate:') ? rewritten(line) : line)));
    return lines.filter((line, i) => line || i === lines.length - 1).join('\r\n');
  };
  const rewrittenMessage = async (data) => {
    const response = SignalResponse.fromBinary(new Uint8Array(data));
    const { case: kind, value } = response.message;
    if (kind === 'answer' || kind === 'offer') {
      value.sdp = await rewrittenSdp(value.sdp);
    } else if (kind === 'trickle') {
      const init = JSON.parse(value.candidateInit);
      if (init.candidate) init.candidate = await rewritten(init.candidate);
      value.candidateInit = JSON.stringify(init);
    } else {
      return data;
    }
    return response.toBinary();
  };

  const proxy = http.createServer((request, response) => {
    const onward = http.request(
      { host: hostname, port, path: request.url, method: request.method, headers: request.headers },
      (answer) => {
        response.writeHead(answer.statusCode, answer.headers);
        answer.pipe(response);
      });
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  });
  const acceptor = new WebSocketServer({ noServer: true });
  proxy.on('upgrade', (request, socket, head) => {
    socket.on('error', () => undefined);
    const { authorization } = request.headers;
    const onward = new WebSocket(`ws://${hostname}:${port}${request.url}`, { headers: authorization ? { authorization } : {} });
    sockets.add(onward);
    onward.on('unexpected-response', (_, { statusCode }) =>
      socket.end(`HTTP/1.1 ${statusCode} Refused\r\nAccess-Control-Allow-Origin: *\r\nContent-Length: 0\r\n\r\n`));
    onward.on('error', () => socket.destroy());
    // The server speaks first: what it says before the client's side is open waits in line.
    let order = new Promise((opened) =>
      onward.once('open', () => acceptor.handleUpgrade(request, socket, head, opened)))
      .then((client) => {
        sockets.add(client);
        client.on('message', (data, binary) => onward.send(data, { binary }));
        client.on('close', () => onward.close());
        onward.on('close', () => client.close());
        return client;
      });
    onward.on('message', (data, binary) => {
      order = order.then(async (client) => {
        client.send(binary ? await rewrittenMessage(data) : data, { binary });
        return client;
      });
    });
  });
  await new Promise((done) => proxy.listen(0, '127.0.0.1', done));

  return {
    ...target,
    url: `ws://127.0.0.1:${proxy.address().port}`,
    up,
    down,
    network(upModel = perfect, downModel = upModel) {
      up.model = { ...perfect, ...upModel };
      down.model = { ...perfect, ...downModel };
    },
    async stop() {
      sockets.forEach((socket) => socket.terminate());
      udp.forEach((socket) => socket.close());
      udp.clear();
      proxy.closeAllConnections();
      await new Promise((done) => proxy.close(done));
    },
  };
}
