// In the place of livekit-client's E2EE worker: each frame is encrypted and decrypted by our own code, over a WebSocket
// (lib/frames.mjs). Everything else stays livekit-client's: what it announces, the encoder, the packets, the decoder.
const socket = new WebSocket(new URL(self.location).searchParams.get('frames'));
const opened = new Promise((done) => (socket.onopen = done));
const waiting = new Map();
let lastId = 0;
socket.onmessage = ({ data }) => {
  const answer = JSON.parse(data);
  waiting.get(answer.id)?.(answer);
  waiting.delete(answer.id);
};

async function ask(request) {
  await opened;
  const id = ++lastId;
  const answer = new Promise((done) => waiting.set(id, done));
  socket.send(JSON.stringify({ id, ...request }));
  return answer;
}

const hex = (buffer) => [...new Uint8Array(buffer)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
const bytes = (text) => Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16)).buffer;

/** The participant whose frames come out of a track's receiver; receivers are used again for other tracks. */
const senders = new Map();

function transform(kind, { readableStream, writableStream, trackId, participantIdentity }) {
  const from = { identity: participantIdentity };
  if (kind === 'decode') senders.set(trackId, from);
  const each = async (frame, controller) => {
    if (frame.data.byteLength === 0) return controller.enqueue(frame);
    const metadata = frame.getMetadata();
    const video = frame instanceof RTCEncodedVideoFrame;
    const answer = await ask({
      do: kind === 'encode' ? 'encrypt' : 'decrypt',
      codec: video ? metadata.mimeType.split('/')[1].toLowerCase() : 'opus',
      keyFrame: video && frame.type === 'key',
      ...(kind === 'encode' ? { ssrc: metadata.synchronizationSource, timestamp: metadata.rtpTimestamp } : { of: from.identity }),
      frame: hex(frame.data),
    });
    if (answer.frame === undefined) return;
    frame.data = bytes(answer.frame);
    controller.enqueue(frame);
  };
  readableStream.pipeThrough(new TransformStream({ transform: each })).pipeTo(writableStream).catch(() => undefined);
}

onmessage = ({ data: { kind, data } }) => {
  switch (kind) {
    case 'init':
      return postMessage({ kind: 'initAck', data: { enabled: false } });
    case 'enable':
      return postMessage({ kind, data });
    case 'encode':
    case 'decode':
      return transform(kind, data);
    case 'updateCodec': {
      const from = senders.get(data.previousTrackId);
      if (from) senders.set(data.trackId, Object.assign(from, { identity: data.participantIdentity }));
      return;
    }
    case 'setSifTrailer':
      return void ask({ do: 'sifTrailer', trailer: hex(data.trailer) });
    default: // keys are not taken from the page
  }
};
