// A signalling client without media: what the wire says, message by message.
import { gzipSync } from 'node:zlib';
import {
  AddTrackRequest,
  ClientInfo,
  ClientInfo_SDK,
  ConnectionSettings,
  JoinRequest,
  SessionDescription,
  SignalRequest,
  SignalResponse,
  TrackSource,
  TrackType,
  WrappedJoinRequest,
  WrappedJoinRequest_Compression,
} from '@livekit/protocol';
import { WebSocket } from 'ws';
import { get, httpUrl, server as defaultServer } from './server.mjs';
import { token } from './token.mjs';
import { until, within } from './wait.mjs';

/** Where nothing is promised of how long it takes: beyond this it does not come. */
const GUARD_MILLIS = 30_000;

/** Base64url with padding, as the clients send it. */
export const paddedBase64url = (bytes) =>
  Buffer.from(bytes).toString('base64').replaceAll('+', '-').replaceAll('/', '_');

/** The `join_request` parameter of `/rtc/v1`. */
export function joinRequest(fields = {}, { gzip = true } = {}) {
  const inner = new JoinRequest({
    clientInfo: new ClientInfo({ sdk: ClientInfo_SDK.JS, version: '2.23.0', protocol: 17, os: 'test' }),
    connectionSettings: new ConnectionSettings({ autoSubscribe: true }),
    ...fields,
  }).toBinary();
  const wrapped = new WrappedJoinRequest({
    compression: gzip ? WrappedJoinRequest_Compression.GZIP : WrappedJoinRequest_Compression.NONE,
    joinRequest: gzip ? gzipSync(inner) : inner,
  });
  return paddedBase64url(wrapped.toBinary());
}

export const v0Query = (more = {}) =>
  new URLSearchParams({ auto_subscribe: '1', sdk: 'js', version: '2.23.0', protocol: '17', ...more }).toString();

export async function validate(path, accessToken, query = '', { of = defaultServer, headers = {} } = {}) {
  const parts = [accessToken === undefined ? '' : `access_token=${encodeURIComponent(accessToken)}`, query];
  return get(`${httpUrl(of)}${path}/validate?${parts.filter(Boolean).join('&')}`, { headers });
}

/**
 * One participant's socket. `messages` keeps everything that arrived: {case, value, bytes, atMillis},
 * in order, the text frames too.
 */
export class SignalClient {
  messages = [];
  #waiting = new Set();
  #socket;
  closed;

  static async connect(options) {
    const client = new SignalClient();
    await client.#open(options);
    return client;
  }

  /** Connects and waits for the first message, which must be `join`. */
  static async join(options) {
    const client = await SignalClient.connect(options);
    const first = await client.nth(0);
    if (first.case !== 'join') throw new Error(`first message is ${first.case}`);
    client.joined = first.value;
    client.sid = first.value.participant.sid;
    client.identity = first.value.participant.identity;
    return client;
  }

  async #open({
    of = defaultServer,
    path = '/rtc/v1',
    identity,
    room,
    video,
    claims = {},
    accessToken = token(of, { identity, room, video, ...claims }),
    join = {},
    gzip = true,
    query = path === '/rtc/v1' ? `join_request=${encodeURIComponent(joinRequest(join, { gzip }))}` : v0Query(),
    bearer = false,
    tls = {},
  }) {
    const base = of.url.replace(/\/$/, '');
    const url = bearer ? `${base}${path}?${query}` : `${base}${path}?access_token=${accessToken}&${query}`;
    const socket = new WebSocket(url, {
      headers: bearer ? { authorization: `Bearer ${accessToken}` } : {},
      perMessageDeflate: true,
      ...tls,
    });
    this.#socket = socket;
    socket.binaryType = 'nodebuffer';
    socket.on('message', (data, isBinary) => {
      const atMillis = performance.now();
      if (isBinary) {
        const message = SignalResponse.fromBinary(new Uint8Array(data)).message;
        this.#arrived({ case: message.case, value: message.value, bytes: data.length, atMillis });
      } else {
        this.#arrived({ case: 'text', value: data.toString(), bytes: data.length, atMillis });
      }
    });
    this.closed = new Promise((done) => socket.once('close', (code) => done({ code, atMillis: performance.now() })));
    this.openedAtMillis = await within(
      15_000,
      `${path} upgrades for ${identity}`,
      new Promise((done, fail) => {
        socket.once('open', () => done(performance.now()));
        socket.once('unexpected-response', (_, response) => {
          let text = '';
          const { socket: connection } = response;
          response.on('data', (data) => (text += data));
          response.on('end', () => {
            connection.destroy();
            fail(new RefusedUpgrade(response.statusCode, text));
          });
        });
        socket.once('error', fail);
      }),
    );
  }

  #arrived(message) {
    this.messages.push(message);
    for (const check of [...this.#waiting]) check();
  }

  send(kind, value) {
    this.#socket.send(new SignalRequest({ message: { case: kind, value } }).toBinary());
    return performance.now();
  }

  sendText(text) {
    this.#socket.send(text);
  }

  async nth(index, timeoutMillis = GUARD_MILLIS) {
    return this.#when(`message ${index}`, () => this.messages[index], timeoutMillis);
  }

  /** The first message of this kind that passes `accept`, from position `from` on. */
  async next(kind, accept = () => true, { from = 0, timeoutMillis = GUARD_MILLIS } = {}) {
    return this.#when(
      `a ${kind} for ${this.identity ?? '?'} (got ${this.messages.slice(from).map((m) => m.case)})`,
      () => this.messages.slice(from).find((m) => m.case === kind && accept(m.value)),
      timeoutMillis,
    );
  }

  /** Position to give to `next` as `from`: only what comes after now. */
  get position() {
    return this.messages.length;
  }

  of(kind) {
    return this.messages.filter((m) => m.case === kind);
  }

  /** The last known state of another participant, from join and updates. */
  participant(identity) {
    let found;
    const lists = this.messages.flatMap((m) =>
      m.case === 'join' ? [m.value.otherParticipants, [m.value.participant]] : m.case === 'update' ? [m.value.participants] : [],
    );
    for (const p of lists.flat()) if (p.identity === identity) found = p;
    return found;
  }

  #when(what, probe, timeoutMillis) {
    const already = probe();
    if (already) return Promise.resolve(already);
    let check;
    return within(
      timeoutMillis,
      what,
      new Promise((done) => {
        check = () => {
          const found = probe();
          if (found) done(found);
        };
        this.#waiting.add(check);
      }),
    ).finally(() => this.#waiting.delete(check));
  }

  /** Closes the socket the polite way: leave first. */
  async leave(reason = 1) {
    if (this.#socket.readyState === WebSocket.OPEN) this.send('leave', { reason });
    this.#socket.close();
    await until('the socket closes', () => this.#socket.readyState === WebSocket.CLOSED, { timeoutMillis: 3000 }).catch(
      () => this.#socket.terminate(),
    );
  }

  close() {
    this.#socket.close();
  }

  terminate() {
    this.#socket.terminate();
  }
}

export class RefusedUpgrade extends Error {
  constructor(status, text) {
    super(`the upgrade was refused: ${status} ${text.trim()}`);
    this.status = status;
    this.text = text;
  }
}

export const microphone = (cid, more = {}) =>
  new AddTrackRequest({ cid, name: 'mic', type: TrackType.AUDIO, source: TrackSource.MICROPHONE, ...more });

export const camera = (cid, more = {}) =>
  new AddTrackRequest({ cid, name: 'cam', type: TrackType.VIDEO, source: TrackSource.CAMERA, width: 640, height: 360, ...more });

const fingerprint = Array.from({ length: 32 }, (_, i) => (i * 7 + 16).toString(16).toUpperCase().padStart(2, '0')).join(':');

/**
 * A browser-shaped offer of one bundled PeerConnection. Nobody stands behind it, so nothing will
 * ever connect, but a server answers it all the same. `sections` is a list of
 * {kind: 'audio'|'video'|'application', direction, cid}.
 */
export function offerSdp(sections, { ufrag = 'tEsT', version = 2 } = {}) {
  const transport = [
    'c=IN IP4 0.0.0.0',
    'a=rtcp:9 IN IP4 0.0.0.0',
    `a=ice-ufrag:${ufrag}`,
    'a=ice-pwd:abcdefghijklmnopqrstuvwx',
    'a=ice-options:trickle',
    `a=fingerprint:sha-256 ${fingerprint}`,
    'a=setup:actpass',
  ];
  const lines = [
    'v=0',
    `o=- 4611731400430051336 ${version} IN IP4 127.0.0.1`,
    's=-',
    't=0 0',
    `a=group:BUNDLE ${sections.map((_, i) => i).join(' ')}`,
    'a=extmap-allow-mixed',
    'a=msid-semantic: WMS',
  ];
  sections.forEach(({ kind, direction = 'recvonly', cid }, mid) => {
    if (kind === 'application') {
      lines.push('m=application 9 UDP/DTLS/SCTP webrtc-datachannel', ...transport, `a=mid:${mid}`, 'a=sctp-port:5000', 'a=max-message-size:262144');
      return;
    }
    const audio = kind === 'audio';
    lines.push(audio ? 'm=audio 9 UDP/TLS/RTP/SAVPF 111 63' : 'm=video 9 UDP/TLS/RTP/SAVPF 96 97 98 99', ...transport, `a=mid:${mid}`);
    lines.push(
      audio
        ? 'a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level'
        : 'a=extmap:14 urn:ietf:params:rtp-hdrext:toffset',
      'a=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time',
      'a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01',
      'a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid',
    );
    if (!audio) {
      lines.push('a=extmap:10 urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id', 'a=extmap:11 urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id');
    }
    lines.push(`a=${direction}`);
    if (cid) lines.push(`a=msid:- ${cid}`);
    lines.push('a=rtcp-mux', 'a=rtcp-rsize');
    if (audio) {
      lines.push('a=rtpmap:111 opus/48000/2', 'a=rtcp-fb:111 transport-cc', 'a=fmtp:111 minptime=10;useinbandfec=1', 'a=rtpmap:63 red/48000/2', 'a=fmtp:63 111/111');
    } else {
      lines.push(
        'a=rtpmap:96 VP8/90000',
        ...['goog-remb', 'transport-cc', 'ccm fir', 'nack', 'nack pli'].map((fb) => `a=rtcp-fb:96 ${fb}`),
        'a=rtpmap:97 rtx/90000',
        'a=fmtp:97 apt=96',
        'a=rtpmap:98 VP9/90000',
        ...['goog-remb', 'transport-cc', 'ccm fir', 'nack', 'nack pli'].map((fb) => `a=rtcp-fb:98 ${fb}`),
        'a=fmtp:98 profile-id=0',
        'a=rtpmap:99 rtx/90000',
        'a=fmtp:99 apt=98',
      );
    }
    if (cid) {
      const ssrc = 1000 + mid;
      if (!audio) lines.push(`a=ssrc-group:FID ${ssrc} ${ssrc + 500}`, `a=ssrc:${ssrc + 500} cname:test`, `a=ssrc:${ssrc + 500} msid:- ${cid}`);
      lines.push(`a=ssrc:${ssrc} cname:test`, `a=ssrc:${ssrc} msid:- ${cid}`);
    }
  });
  return `${lines.join('\r\n')}\r\n`;
}

/** What a browser pre-allocates: three of each to receive, and a data channel. */
export const preallocated = [
  ...Array(3).fill({ kind: 'audio' }),
  ...Array(3).fill({ kind: 'video' }),
  { kind: 'application' },
];

export const offer = (sdp, id) => new SessionDescription({ type: 'offer', sdp, id });

/** The m-lines of an SDP: kind, mid, direction, port, msid, lines. */
export function sectionsOf(sdp) {
  return sdp
    .split(/\r\nm=/)
    .slice(1)
    .map((text) => {
      const lines = text.split('\r\n');
      const attribute = (name) => lines.find((line) => line.startsWith(`a=${name}:`))?.slice(name.length + 3);
      return {
        kind: lines[0].split(' ')[0],
        port: Number(lines[0].split(' ')[1]),
        mid: attribute('mid'),
        msid: attribute('msid'),
        setup: attribute('setup'),
        direction: ['sendrecv', 'sendonly', 'recvonly', 'inactive'].find((d) => lines.includes(`a=${d}`)),
        lines,
      };
    });
}
