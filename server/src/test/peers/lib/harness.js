// Runs inside a browser page: an unmodified livekit-client, and small verbs around it that the
// tests call. Bundled by lib/browser.mjs.
import { SignalRequest, SignalResponse } from '@livekit/protocol';
import * as lk from 'livekit-client';

const events = [];
const wire = [];
const note = (name, data = {}) => events.push({ atMillis: performance.now(), name, ...data });

// Every signalling message, both ways, as livekit-client sees it.
const NativeWebSocket = globalThis.WebSocket;
globalThis.WebSocket = class extends NativeWebSocket {
  constructor(url, protocols) {
    super(url, protocols);
    this.addEventListener('message', ({ data }) => {
      if (data instanceof ArrayBuffer) record('in', SignalResponse.fromBinary(new Uint8Array(data)), data.byteLength);
    });
  }
  send(data) {
    if (typeof data !== 'string') {
      const request = SignalRequest.fromBinary(new Uint8Array(data.buffer ?? data));
      if (request.message.case === heldBack) return;
      record('out', request, data.byteLength);
    }
    super.send(data);
  }
};
function record(way, { message }, bytes) {
  const json = message.value?.toJson ? message.value.toJson({ emitDefaultValues: true }) : String(message.value);
  wire.push({ atMillis: performance.now(), way, case: message.case, value: json, bytes });
}

let room;
let heldBack;
let worker;
let keyProvider;
let audioContext;
let painter;
const gaps = new Map();

const sourceName = (publication) => publication.source;
const remote = (identity) => {
  const participant = room.remoteParticipants.get(identity);
  if (!participant) throw new Error(`${identity} is not here`);
  return participant;
};
const publicationOf = (identity, source) => {
  const publication = remote(identity).getTrackPublication(source);
  if (!publication) throw new Error(`${identity} has no ${source}`);
  return publication;
};

/** A picture in one colour with a moving square in it, so that every frame differs. */
function paint({ width, height, fps, color }) {
  const canvas = document.createElement('canvas');
  Object.assign(canvas, { width, height });
  const context = canvas.getContext('2d');
  let frame = 0;
  const draw = () => {
    context.fillStyle = color;
    context.fillRect(0, 0, width, height);
    context.fillStyle = '#000';
    const size = Math.round(height / 10);
    context.fillRect((frame * 5) % (width - size), 0, size, size);
    frame += 1;
  };
  draw();
  const timer = setInterval(draw, 1000 / fps);
  const [track] = canvas.captureStream(fps).getVideoTracks();
  return { track, stop: () => clearInterval(timer) };
}

function tone(frequency) {
  audioContext ??= new AudioContext();
  const destination = audioContext.createMediaStreamDestination();
  const oscillator = audioContext.createOscillator();
  oscillator.frequency.value = frequency;
  const gain = audioContext.createGain();
  gain.gain.value = 0.3;
  oscillator.connect(gain).connect(destination);
  oscillator.start();
  return destination.stream.getAudioTracks()[0];
}

function attach(track) {
  const element = track.attach();
  element.dataset.sid = track.sid;
  element.style.cssText = 'width:320px;height:180px;object-fit:fill';
  document.body.append(element);
}

/** A key for each participant, as Element Call has them: raw bytes in hex, or a passphrase. */
class ParticipantKeys extends lk.BaseKeyProvider {
  constructor() {
    super({ sharedKey: false });
    this.on(lk.KeyProviderEvent.KeyRatcheted, ({ chainKey, cryptoKey }, identity, index) => {
      note('ratcheted', { identity, index, key: hex(chainKey) });
      // Whenever somebody publishes, the client gives its worker all keys again that it knows of: also ones of before.
      this.onSetEncryptionKey(cryptoKey, identity, index);
    });
  }
  async set({ of, index = 0, key, passphrase }) {
    const material = key ? await lk.createKeyMaterialFromBuffer(bytes(key)) : await lk.createKeyMaterialFromString(passphrase);
    this.onSetEncryptionKey(material, of, index);
  }
}
const hex = (buffer) => [...new Uint8Array(buffer)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
const bytes = (text) => Uint8Array.from(text.match(/../g), (pair) => parseInt(pair, 16)).buffer;

const harness = {
  lk,
  events,
  wire,
  get room() {
    return room;
  },

  /** With `e2ee`, a passphrase for all, or `keys`: [{of, index, key or passphrase}], one's own last. */
  async join({ url, token, e2ee, keys, worker: script = '/e2ee.worker.js', options = {}, connect = {}, adopt = true }) {
    const config = { adaptiveStream: false, dynacast: false, ...options };
    if (e2ee || keys) {
      keyProvider = keys ? new ParticipantKeys() : new lk.ExternalE2EEKeyProvider();
      worker = new Worker(script);
      worker.addEventListener('message', ({ data: { kind, data } }) => {
        if (kind === 'log' && (data.level === 'warn' || data.level === 'error')) note('cryptor', { level: data.level, message: data.msg });
      });
      config.e2ee = { keyProvider, worker };
      if (e2ee) await keyProvider.setKey(e2ee);
    }
    room = new lk.Room(config);
    for (const key of keys ?? []) await keyProvider.set(key);
    const { RoomEvent } = lk;
    room.on(RoomEvent.EncryptionError, (error) => note('encryptionError', { message: String(error) }));
    room.on(RoomEvent.ParticipantEncryptionStatusChanged, (on, p) => note('encryption', { on, identity: p?.identity }));
    room.on(RoomEvent.TrackSubscribed, (track, publication, p) => {
      note('subscribed', { identity: p.identity, source: sourceName(publication), sid: publication.trackSid });
      if (adopt) attach(track);
    });
    room.on(RoomEvent.TrackUnsubscribed, (track, publication, p) => {
      note('unsubscribed', { identity: p.identity, source: sourceName(publication), sid: publication.trackSid });
      track.detach().forEach((element) => element.remove());
    });
    for (const name of ['TrackPublished', 'TrackUnpublished', 'TrackMuted', 'TrackUnmuted', 'LocalTrackUnpublished']) {
      room.on(RoomEvent[name], (publication, p) =>
        note(name, { identity: p?.identity, source: publication.source, sid: publication.trackSid }));
    }
    room.on(RoomEvent.ParticipantConnected, (p) => note('connected', { identity: p.identity }));
    room.on(RoomEvent.ParticipantDisconnected, (p) => note('disconnected', { identity: p.identity }));
    room.on(RoomEvent.ActiveSpeakersChanged, (list) => note('speakers', { list: list.map((p) => p.identity) }));
    room.on(RoomEvent.ConnectionQualityChanged, (quality, p) => note('quality', { quality, identity: p.identity }));
    room.on(RoomEvent.TrackSubscriptionPermissionChanged, (publication, status, p) =>
      note('permission', { identity: p.identity, source: publication.source, status }));
    room.on(RoomEvent.Disconnected, (reason) => note('left', { reason }));
    room.on(RoomEvent.Reconnecting, () => note('reconnecting'));
    room.on(RoomEvent.SignalReconnecting, () => note('signalReconnecting'));
    if (keyProvider) await room.setE2EEEnabled(true);
    await room.connect(url, token, { rtcConfig: { iceServers: [] }, ...connect });
    return { sid: room.localParticipant.sid, roomSid: await room.getSid() };
  },

  async publishVideo({ width = 640, height = 360, fps = 12, color = '#808080', simulcast = false, source = 'camera', muted = false, codec = 'vp8', scalabilityMode } = {}) {
    const painted = paint({ width, height, fps, color });
    if (source === 'camera') {
      painter?.stop();
      painter = painted;
    }
    const local = new lk.LocalVideoTrack(painted.track, undefined, true);
    if (muted) await local.mute();
    const publication = await room.localParticipant.publishTrack(local, {
      source, simulcast, videoCodec: codec, scalabilityMode, degradationPreference: 'maintain-resolution',
      videoEncoding: { maxBitrate: width >= 960 ? 1_500_000 : 400_000, maxFramerate: fps },
    });
    return publication.trackSid;
  },
  /** What livekit-client does when it is told that somebody wants another codec of the camera. */
  async publishBackup(codec) {
    const publication = room.localParticipant.getTrackPublication('camera');
    await room.localParticipant.publishAdditionalCodecForTrack(publication.track, codec, publication.options);
  },
  /** Which codecs of the camera have a sender of their own besides the first, and what they send. */
  async backups() {
    const { track } = room.localParticipant.getTrackPublication('camera');
    const list = [];
    for (const { codec, sender } of track.simulcastCodecs.values()) {
      let packets = 0;
      (await sender?.getStats())?.forEach((s) => (packets += s.type === 'outbound-rtp' ? s.packetsSent : 0));
      list.push({ codec, packets });
    }
    return list;
  },
  async publishAudio({ frequency = 440, source = 'microphone' } = {}) {
    // Firefox without a sound card has no running AudioContext, but its fake microphone hums.
    const heard = navigator.userAgent.includes('Firefox')
      ? (await navigator.mediaDevices.getUserMedia({ audio: true })).getAudioTracks()[0]
      : tone(frequency);
    const local = new lk.LocalAudioTrack(heard, undefined, true);
    const publication = await room.localParticipant.publishTrack(local, { source, dtx: false, red: false });
    return publication.trackSid;
  },
  async unpublish(source) {
    const publication = room.localParticipant.getTrackPublication(source);
    await room.localParticipant.unpublishTrack(publication.track, true);
  },
  async mute(source, muted) {
    const { track } = room.localParticipant.getTrackPublication(source);
    await (muted ? track.mute() : track.unmute());
  },
  setKey: (key) => keyProvider.set(key),
  ratchet: (identity, index) => keyProvider.ratchetKey(identity, index),
  async leave() {
    await room?.disconnect();
    worker?.terminate();
    worker = keyProvider = undefined;
    document.querySelectorAll('video,audio').forEach((element) => element.remove());
  },

  subscribe: (identity, source, on) => publicationOf(identity, source).setSubscribed(on),
  enable: (identity, source, on) => publicationOf(identity, source).setEnabled(on),
  quality: (identity, quality) => publicationOf(identity, 'camera').setVideoQuality(quality),
  dimensions: (identity, width, height) => publicationOf(identity, 'camera').setVideoDimensions({ width, height }),
  fps: (identity, fps) => publicationOf(identity, 'camera').setVideoFPS(fps),

  /** Requests of this kind no longer reach the server. */
  holdBack: (kind) => (heldBack = kind),
  people: () => [...room.remoteParticipants.keys()].sort(),
  events_: (name, from = 0) => events.slice(from).filter((e) => !name || e.name === name),

  /** What arrives from everybody: {identity: {source: {framesDecoded, …}}}. */
  async received() {
    const result = {};
    for (const [identity, participant] of room.remoteParticipants) {
      result[identity] = { encrypted: participant.isEncrypted };
      for (const publication of participant.trackPublications.values()) {
        const entry = { sid: publication.trackSid, muted: publication.isMuted, encrypted: publication.isEncrypted, subscribed: publication.isSubscribed };
        const stats = await publication.track?.getRTCStatsReport?.();
        stats?.forEach((s) => {
          if (s.type !== 'inbound-rtp') return;
          Object.assign(entry, {
            framesDecoded: s.framesDecoded, width: s.frameWidth, height: s.frameHeight, packets: s.packetsReceived,
            codec: stats.get(s.codecId)?.mimeType, keyFrames: s.keyFramesDecoded, samples: s.totalSamplesReceived, energy: s.totalAudioEnergy, lost: s.packetsLost,
            concealed: s.concealedSamples, silentConcealed: s.silentConcealedSamples, freezes: s.freezeCount, frozenSeconds: s.totalFreezesDuration,
            nacks: s.nackCount, plis: s.pliCount,
          });
        });
        result[identity][publication.source] = entry;
      }
    }
    return result;
  },
  /** The layers that this page sends: [{rid, active, framesEncoded, …}]. */
  async sent(source = 'camera') {
    const { track } = room.localParticipant.getTrackPublication(source);
    const list = [];
    const parameters = track.sender.getParameters().encodings;
    const stats = await track.sender.getStats();
    stats.forEach((s) => {
      if (s.type === 'outbound-rtp') {
        list.push({ rid: s.rid, active: parameters.find((e) => (e.rid ?? '') === (s.rid ?? ''))?.active ?? s.active,
          frames: s.framesEncoded, packets: s.packetsSent, width: s.frameWidth, height: s.frameHeight, bytes: s.bytesSent, codec: stats.get(s.codecId)?.mimeType, mode: s.scalabilityMode, limit: s.qualityLimitationReason });
      }
    });
    return list;
  },

  /** Frames that the camera has given to the encoders so far, whatever they and the network make of them. */
  async captured() {
    const { track } = room.localParticipant.getTrackPublication('camera');
    return [...(await track.sender.getStats()).values()].find((s) => s.type === 'media-source').frames;
  },

  /** The colour in the middle of what somebody's picture looks like here: [r, g, b]. */
  colorOf(identity, source = 'camera') {
    const { track } = publicationOf(identity, source);
    const video = track?.attachedElements[0];
    if (!video?.videoWidth) return undefined;
    const canvas = document.createElement('canvas');
    canvas.width = canvas.height = 4;
    const context = canvas.getContext('2d');
    context.drawImage(video, video.videoWidth / 4, video.videoHeight / 2, video.videoWidth / 2, video.videoHeight / 4, 0, 0, 4, 4);
    return [...context.getImageData(1, 1, 1, 1).data].slice(0, 3);
  },

  /** Starts writing down when which frame of somebody's camera is shown. */
  watch(identity) {
    const video = publicationOf(identity, 'camera').track.attachedElements[0];
    const frames = [];
    gaps.set(identity, frames);
    const each = (now, { width, height }) => {
      frames.push({ atMillis: now, width, height });
      if (gaps.get(identity) === frames) video.requestVideoFrameCallback(each);
    };
    video.requestVideoFrameCallback(each);
  },
  frames: (identity) => gaps.get(identity),
  now: () => performance.now(),
};
globalThis.harness = harness;
