// A participant of the Rust SDK, through @livekit/rtc-node.
import {
  AudioFrame,
  AudioSource,
  AudioStream,
  LocalAudioTrack,
  LocalVideoTrack,
  Room,
  RoomEvent,
  TrackKind,
  TrackPublishOptions,
  TrackSource,
  VideoBufferType,
  VideoCodec,
  VideoFrame,
  VideoSource,
  VideoStream,
} from '@livekit/rtc-node';
import { server as defaultServer } from './server.mjs';
import { token } from './token.mjs';
import { until, within } from './wait.mjs';

export { dispose } from '@livekit/rtc-node';

const sampleRate = 48_000;
const names = { [TrackSource.SOURCE_CAMERA]: 'camera', [TrackSource.SOURCE_MICROPHONE]: 'microphone' };

export class NativePeer {
  kind = 'rtc-node';
  #timers = new Map();
  #publications = new Map();
  /** identity → source → {frames, energy, color} */
  received = new Map();

  constructor(identity) {
    this.identity = identity;
  }

  /**
   * Whatever encryption it announces, what it sends is LiveKit's.
   * For each frame that does not decrypt it derives as many keys as its window is wide, which a passphrase makes slow.
   */
  async join({ room, of = defaultServer, e2ee, encryptionType, ratchetWindowSize, video, autoSubscribe = true }) {
    this.received.clear();
    this.room = new Room();
    this.room.on(RoomEvent.TrackSubscribed, (track, publication, participant) => {
      this.#count(track, names[publication.source] ?? 'unknown', participant.identity);
    });
    this.room.on(RoomEvent.TrackUnsubscribed, (_, publication, participant) => {
      this.received.get(participant.identity)?.delete(names[publication.source] ?? 'unknown');
    });
    const encryption = e2ee && {
      ...(encryptionType !== undefined && { encryptionType }),
      keyProviderOptions: { sharedKey: new TextEncoder().encode(e2ee), ...(ratchetWindowSize !== undefined && { ratchetWindowSize }) },
    };
    await within(
      20_000,
      `${this.identity} joins`,
      this.room.connect(of.url, token(of, { identity: this.identity, room, video }), {
        autoSubscribe,
        dynacast: false,
        ...(encryption && { encryption }),
        rtcConfig: { iceTransportType: 2, continualGatheringPolicy: 1, iceServers: [] },
      }),
    );
    this.sid = this.room.localParticipant.sid;
  }

  async #count(track, source, identity) {
    const seen = { frames: 0, energy: 0, color: undefined };
    if (!this.received.has(identity)) this.received.set(identity, new Map());
    this.received.get(identity).set(source, seen);
    try {
      if (track.kind === TrackKind.KIND_VIDEO) {
        for await (const { frame } of new VideoStream(track)) {
          seen.frames += 1;
          if (seen.frames % 5 !== 1) continue;
          const rgba = frame.convert(VideoBufferType.RGBA);
          const at = 4 * (Math.floor(rgba.height * 0.6) * rgba.width + Math.floor(rgba.width / 2));
          seen.color = [...rgba.data.subarray(at, at + 3)];
          seen.width = rgba.width;
        }
      } else {
        for await (const frame of new AudioStream(track, sampleRate, 1)) {
          seen.frames += 1;
          for (let i = 0; i < frame.data.length; i += 16) seen.energy += Math.abs(frame.data[i]) / 32768;
        }
      }
    } catch (error) {
      seen.error = String(error);
    }
  }

  async publishVideo({ width = 320, height = 180, fps = 10, color = '#808080', codec = 'vp8' } = {}) {
    const source = new VideoSource(width, height);
    const options = new TrackPublishOptions({ source: TrackSource.SOURCE_CAMERA, simulcast: false, videoCodec: VideoCodec[codec.toUpperCase()] });
    const publication = await this.room.localParticipant.publishTrack(LocalVideoTrack.createVideoTrack('cam', source), options);
    const rgb = [1, 3, 5].map((i) => parseInt(color.slice(i, i + 2), 16));
    let frame = 0;
    this.#every('camera', 1000 / fps, () => {
      const data = new Uint8Array(width * height * 4);
      for (let i = 0; i < data.length; i += 4) data.set([...rgb, 255], i);
      const x = (frame++ * 5) % (width - 20);
      for (let y = 0; y < 20; y++) data.fill(0, 4 * (y * width + x), 4 * (y * width + x + 20));
      source.captureFrame(new VideoFrame(data, width, height, VideoBufferType.RGBA));
    });
    this.#publications.set('camera', publication);
    return publication.sid;
  }

  async publishAudio({ frequency = 440 } = {}) {
    const source = new AudioSource(sampleRate, 1);
    const options = new TrackPublishOptions({ source: TrackSource.SOURCE_MICROPHONE, dtx: false, red: false });
    const publication = await this.room.localParticipant.publishTrack(LocalAudioTrack.createAudioTrack('mic', source), options);
    let phase = 0;
    this.#every('microphone', 20, () => {
      if (source.queuedDuration > 200) return;
      const samples = new Int16Array(sampleRate / 50);
      for (let i = 0; i < samples.length; i++) samples[i] = 8000 * Math.sin((phase += (2 * Math.PI * frequency) / sampleRate));
      source.captureFrame(new AudioFrame(samples, sampleRate, 1, samples.length)).catch(() => undefined);
    });
    this.#publications.set('microphone', publication);
    return publication.sid;
  }

  async unpublish(source) {
    this.#stop(source);
    const publication = this.#publications.get(source);
    this.#publications.delete(source);
    await this.room.localParticipant.unpublishTrack(publication.sid);
  }

  #every(source, millis, act) {
    this.#stop(source);
    this.#timers.set(source, setInterval(act, millis));
  }
  #stop(source) {
    clearInterval(this.#timers.get(source));
    this.#timers.delete(source);
  }

  #seen(identity, source) {
    return this.received.get(identity)?.get(source);
  }

  async decodesVideo(identity, { source = 'camera', frames = 5, timeoutMillis = 15_000 } = {}) {
    const start = this.#seen(identity, source)?.frames ?? 0;
    const what = `${this.identity} (rtc-node) decodes the ${source} of ${identity}`;
    return until(what, () => this.#seen(identity, source)?.frames >= start + frames && this.#seen(identity, source), { timeoutMillis });
  }

  async hears(identity, { source = 'microphone', timeoutMillis = 15_000 } = {}) {
    const start = this.#seen(identity, source)?.energy ?? 0;
    const what = `${this.identity} (rtc-node) hears the ${source} of ${identity}`;
    return until(what, () => this.#seen(identity, source)?.energy > start + 10 && this.#seen(identity, source), { timeoutMillis });
  }

  async colorOf(identity) {
    return this.#seen(identity, 'camera')?.color;
  }

  /** Everybody's key at an index, and the one to encrypt with from now on. */
  setKey(passphrase, index) {
    const { keyProvider, roomHandle } = this.room.e2eeManager;
    keyProvider.setSharedKey(new TextEncoder().encode(passphrase), index);
    for (const { sid: trackSid } of this.#publications.values()) {
      // Its own FrameCryptor leaves out which track is meant, and fails.
      const value = { participantIdentity: this.identity, trackSid, keyIndex: index };
      globalThis._ffiClientInstance.request({ message: { case: 'e2ee', value: { roomHandle, message: { case: 'cryptorSetKeyIndex', value } } } });
    }
  }

  /** Ratchets everybody's key: there is only one. */
  ratchet(index = 0) {
    return this.room.e2eeManager.keyProvider.ratchetSharedKey(index);
  }

  async leave() {
    for (const source of [...this.#timers.keys()]) this.#stop(source);
    this.#publications.clear();
    await within(5000, `${this.identity} leaves`, this.room.disconnect());
  }

  async close() {
    await this.leave().catch(() => undefined);
  }
}
