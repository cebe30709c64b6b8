// The call page: a lobby, then a call.
import {
  ExternalE2EEKeyProvider,
  Room,
  RoomEvent,
  Track,
  createLocalAudioTrack,
  createLocalVideoTrack,
} from 'livekit-client';
import { icons } from './icons.js';
import * as say from './messages.js';
import { initials, Tiles } from './tiles.js';

const $ = (id) => document.getElementById(id);
const query = new URLSearchParams(location.search);
const fragment = new URLSearchParams(location.hash.slice(1));
const secure = window.isSecureContext && Boolean(navigator.mediaDevices);

const preview = { camera: undefined, microphone: undefined, wantCamera: true, wantMicrophone: true, problems: {}, ready: undefined };
const tiles = new Tiles($('grid'));
let call;

// ---------------------------------------------------------------- lobby

$('name').value = query.get('name') ?? remembered('name') ?? '';
$('room').value = query.get('room') ?? '';
$('passphrase').value = fragment.get('passphrase') ?? '';
$('token').value = query.get('token') ?? '';
$('server-url').value = query.get('url') ?? '';
$('token-details').open = Boolean(query.get('token'));
$('invite').innerHTML = `${icons.link}<span>Copy invite</span>`;
button($('leave'), icons.leave, 'Leave');

$('name').addEventListener('input', () => ($('preview-avatar').textContent = initials($('name').value)));
$('passphrase').addEventListener('input', lobbySign);
$('join-form').addEventListener('submit', (event) => {
  event.preventDefault();
  join();
});
$('preview-cam').addEventListener('click', () => togglePreview('camera'));
$('preview-mic').addEventListener('click', () => togglePreview('microphone'));
$('cameras').addEventListener('change', () => chooseDevice('camera', $('cameras').value));
$('microphones').addEventListener('change', () => chooseDevice('microphone', $('microphones').value));
$('preview-avatar').textContent = initials($('name').value);
lobbySign();

function lobbySign() {
  const on = Boolean($('passphrase').value);
  const sign = $('lobby-sign');
  sign.dataset.state = on ? 'encrypted' : 'open';
  sign.innerHTML = on
    ? `${icons.lock}<span>The call will be end-to-end encrypted</span>`
    : `${icons.lockOpen}<span>Without a passphrase the server could see and hear the call</span>`;
}

async function startPreview() {
  showPreview();
  if (!secure) {
    notice(say.insecureContext);
    return;
  }
  preview.ready = Promise.all([openPreview('microphone'), openPreview('camera')]);
  await preview.ready;
  navigator.mediaDevices.ondevicechange = listDevices;
}

const makers = { camera: createLocalVideoTrack, microphone: createLocalAudioTrack };
const optionsFor = (deviceId) => (deviceId ? { deviceId: { exact: deviceId } } : {});
const capture = { camera: { resolution: { width: 1280, height: 720, frameRate: 30 } }, microphone: { echoCancellation: true, noiseSuppression: true, autoGainControl: true } };

async function openPreview(kind, deviceId) {
  delete preview.problems[kind];
  try {
    const track = await makers[kind]({ ...capture[kind], ...optionsFor(deviceId) });
    if (!preview[kind === 'camera' ? 'wantCamera' : 'wantMicrophone']) {
      track.stop();
    } else {
      preview[kind]?.stop();
      preview[kind] = track;
    }
  } catch (error) {
    preview.problems[kind] = say.deviceProblem(error, kind);
    preview[kind === 'camera' ? 'wantCamera' : 'wantMicrophone'] = false;
  }
  await listDevices();
  showPreview();
}

async function togglePreview(kind) {
  const want = kind === 'camera' ? 'wantCamera' : 'wantMicrophone';
  preview[want] = !preview[want];
  if (preview[want] && secure) {
    await openPreview(kind);
  } else {
    preview[kind]?.stop();
    preview[kind] = undefined;
    showPreview();
  }
}

async function chooseDevice(kind, deviceId) {
  preview[kind === 'camera' ? 'wantCamera' : 'wantMicrophone'] = true;
  preview[kind]?.stop();
  preview[kind] = undefined;
  await openPreview(kind, deviceId);
}

async function listDevices() {
  const devices = await navigator.mediaDevices.enumerateDevices().catch(() => []);
  for (const [id, kind, none] of [['cameras', 'videoinput', 'No camera'], ['microphones', 'audioinput', 'No microphone']]) {
    const select = $(id);
    const found = devices.filter((device) => device.kind === kind && device.deviceId);
    const current = preview[id === 'cameras' ? 'camera' : 'microphone']?.mediaStreamTrack.getSettings().deviceId;
    select.replaceChildren(...(found.length ? found.map((device, i) => new Option(device.label || `${none.slice(3)} ${i + 1}`, device.deviceId, false, device.deviceId === current)) : [new Option(none)]));
    select.disabled = !found.length;
  }
}

function showPreview() {
  const video = $('preview-video');
  const stream = preview.camera && new MediaStream([preview.camera.mediaStreamTrack]);
  if (video.srcObject?.getTracks()[0] !== preview.camera?.mediaStreamTrack) video.srcObject = stream ?? null;
  video.hidden = !preview.camera;
  $('preview-avatar').hidden = Boolean(preview.camera);
  toggle($('preview-mic'), Boolean(preview.microphone), icons.mic, icons.micOff, 'Microphone');
  toggle($('preview-cam'), Boolean(preview.camera), icons.cam, icons.camOff, 'Camera');
  $('preview-mic').disabled = $('preview-cam').disabled = !secure;
  meter(preview.microphone);
  if (secure) notice(Object.values(preview.problems).join(' '));
}

function notice(text) {
  $('device-notice').textContent = text;
  $('device-notice').hidden = !text;
}

let metered;
function meter(track) {
  if (metered?.track === track) return;
  metered?.context.close();
  metered = undefined;
  $('meter').style.setProperty('--level', 0);
  if (!track) return;
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  analyser.fftSize = 512;
  context.createMediaStreamSource(new MediaStream([track.mediaStreamTrack])).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const mine = (metered = { track, context });
  const draw = () => {
    if (metered !== mine) return;
    analyser.getFloatTimeDomainData(samples);
    const power = samples.reduce((sum, x) => sum + x * x, 0) / samples.length;
    $('meter').style.setProperty('--level', Math.min(1, Math.sqrt(power) * 4).toFixed(2));
    setTimeout(draw, 80);
  };
  draw();
}

// ---------------------------------------------------------------- joining

async function admission(name, room) {
  const token = $('token').value.trim();
  const here = new URL('..', location.href);
  here.protocol = here.protocol.replace('http', 'ws');
  here.search = here.hash = '';
  if (token) return { url: $('server-url').value.trim() || here.href, token };
  let answer;
  try {
    answer = await fetch('token', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ room, name }),
    });
  } catch {
    throw new Error('The server cannot be reached. Check your network, then try again.');
  }
  if (answer.ok) return answer.json();
  $('token-details').open = true;
  $('token').focus();
  if ([404, 405, 501].includes(answer.status)) {
    throw new Error('This server does not hand out tokens. Paste one that your application made for you.');
  }
  throw new Error(`The server refused to make a token (${answer.status}): ${(await answer.text()).trim()}`);
}

async function join() {
  if (call) return;
  const name = $('name').value.trim();
  const roomName = $('room').value.trim();
  const passphrase = $('passphrase').value;
  joinError('');
  if (passphrase && !window.isSecureContext) return joinError(say.insecureContext);
  busy(true);
  try {
    const { url, token } = await admission(name, roomName);
    remember('name', name);
    call = await startCall({ url, token, roomName, passphrase });
    publishPreview(call);
  } catch (error) {
    const known = error instanceof Error && error.constructor === Error;
    joinError(known ? error.message : say.connectProblem(error));
    showPreview();
  } finally {
    busy(false);
  }
}

function busy(on) {
  $('join').disabled = on;
  $('join').textContent = on ? 'Joining…' : 'Join';
}

function joinError(text) {
  $('join-error').textContent = text;
  $('join-error').hidden = !text;
}

// ---------------------------------------------------------------- the call

async function startCall({ url, token, roomName, passphrase }) {
  const keyProvider = passphrase ? new ExternalE2EEKeyProvider() : undefined;
  const worker = keyProvider && new Worker('e2ee.worker.js');
  const room = new Room({
    adaptiveStream: true,
    dynacast: true,
    ...(keyProvider && { e2ee: { keyProvider, worker } }),
  });
  const state = { room, passphrase, keyProvider, worker, roomName, broken: new Map(), banners: new Map() };
  try {
    if (keyProvider) {
      await keyProvider.setKey(passphrase);
      await room.setE2EEEnabled(true);
    }
    listen(state);
    // The client's own error comes seconds later, and without the server's words.
    room.engine.on('signalRequestResponse', ({ message, request }) => {
      if (request.case === 'addTrack' && /encrypt/.test(message)) banner(state, 'unencrypted', say.mustEncrypt(message));
    });
    await room.connect(url, token);
  } catch (error) {
    worker?.terminate();
    throw error;
  }
  window.tributary = { room };
  meter(undefined);
  $('lobby').hidden = true;
  $('call').hidden = false;
  $('call-title').textContent = room.name || roomName;
  document.title = `${room.name || roomName} · Tributary`;
  $('call-title').focus();
  refresh(state);
  announce(`You joined ${room.name || roomName}`);
  return state;
}

async function publishPreview(state) {
  // Whoever joins before the browser has asked, or before the camera has started, is not kept waiting.
  await preview.ready;
  if (call !== state) return;
  const { localParticipant } = state.room;
  if (localParticipant.permissions && !localParticipant.permissions.canPublish) {
    banner(state, 'publish', say.mayNotPublish);
    for (const kind of ['camera', 'microphone']) preview[kind]?.stop();
  } else {
    for (const kind of ['microphone', 'camera']) {
      const track = preview[kind];
      if (!track) continue;
      await localParticipant
        .publishTrack(track, { source: kind === 'camera' ? Track.Source.Camera : Track.Source.Microphone })
        .catch((error) => {
          track.stop();
          banner(state, `publish ${kind}`, say.publishProblem(kind, error));
        });
    }
    const problems = Object.values(preview.problems).join(' ') || (secure ? '' : say.insecureContext);
    if (problems) banner(state, 'devices', problems);
  }
  preview.camera = preview.microphone = undefined;
  refresh(state);
}

function listen(state) {
  const { room } = state;
  const update = () => refresh(state);
  for (const event of [
    RoomEvent.TrackPublished, RoomEvent.TrackUnpublished, RoomEvent.TrackMuted, RoomEvent.TrackUnmuted, RoomEvent.TrackSubscribed,
    RoomEvent.LocalTrackPublished, RoomEvent.LocalTrackUnpublished, RoomEvent.ConnectionQualityChanged, RoomEvent.ParticipantNameChanged,
    RoomEvent.ParticipantPermissionsChanged,
  ]) {
    room.on(event, update);
  }
  room
    .on(RoomEvent.ParticipantEncryptionStatusChanged, (encrypted, participant) => {
      if (encrypted && participant) state.broken.delete(participant.identity);
      update();
    })
    .on(RoomEvent.EncryptionError, (error, participant) => {
      const identity = participant?.identity ?? error?.participantIdentity;
      for (const p of identity ? [identity] : room.remoteParticipants.keys()) {
        if (p !== room.localParticipant.identity) state.broken.set(p, decodedSoFar(state, p));
      }
      update();
    })
    .on(RoomEvent.TrackSubscribed, (track) => {
      if (track.kind === Track.Kind.Audio) {
        const element = track.attach();
        element.hidden = true;
        document.body.append(element);
      }
    })
    .on(RoomEvent.TrackUnsubscribed, (track) => {
      if (track.kind === Track.Kind.Audio) track.detach().forEach((element) => element.remove());
      update();
    })
    .on(RoomEvent.ParticipantConnected, (participant) => {
      announce(`${participant.name || participant.identity} joined`);
      update();
    })
    .on(RoomEvent.ParticipantDisconnected, (participant) => {
      state.broken.delete(participant.identity);
      tiles.hide(participant.identity);
      announce(`${participant.name || participant.identity} left`);
      update();
    })
    .on(RoomEvent.ActiveSpeakersChanged, (speakers) => tiles.speaking(new Set(speakers.map((p) => p.identity))))
    .on(RoomEvent.Reconnecting, () => banner(state, 'connection', 'The connection was lost. Reconnecting…'))
    .on(RoomEvent.SignalReconnecting, () => banner(state, 'connection', 'The connection was lost. Reconnecting…'))
    .on(RoomEvent.Reconnected, () => banner(state, 'connection', ''))
    .on(RoomEvent.AudioPlaybackStatusChanged, () =>
      banner(state, 'sound', room.canPlaybackAudio ? '' : 'Your browser keeps the sound off until you ask for it.', ['Play sound', () => room.startAudio()]))
    .on(RoomEvent.MediaDevicesError, (error, kind) =>
      banner(state, 'devices', say.deviceProblem(error, kind === 'videoinput' ? 'camera' : 'microphone')))
    .on(RoomEvent.Disconnected, (reason) => endCall(state, reason));
  // Pictures that decode again after an error prove that the key is right.
  state.timer = setInterval(() => {
    for (const [identity, before] of state.broken) {
      if (decodedSoFar(state, identity) > before) {
        state.broken.delete(identity);
        refresh(state);
      }
    }
  }, 1000);
}

/** Seconds of somebody's pictures that were shown: grows only while they decode. */
function decodedSoFar(state, identity) {
  const publication = state.room.remoteParticipants.get(identity)?.getTrackPublication(Track.Source.Camera);
  return publication?.track?.attachedElements[0]?.getVideoPlaybackQuality?.().totalVideoFrames ?? 0;
}

/** What is known about one person's encryption: `undefined` while they send nothing. */
function encryptionOf(state, participant) {
  const publications = [...participant.trackPublications.values()];
  if (state.broken.has(participant.identity)) return 'broken';
  if (participant === state.room.localParticipant) {
    return publications.length ? (state.room.isE2EEEnabled && participant.isE2EEEnabled ? 'encrypted' : 'open') : undefined;
  }
  if (!publications.length) return undefined;
  if (publications.some((publication) => !publication.isEncrypted)) return 'open';
  return state.room.isE2EEEnabled ? 'encrypted' : 'broken';
}

function refresh(state) {
  const { room } = state;
  const everybody = [room.localParticipant, ...room.remoteParticipants.values()];
  const known = everybody.map((participant) => [participant, encryptionOf(state, participant)]);
  for (const [participant, encryption] of known) {
    tiles.show(participant, { isLocal: participant === room.localParticipant, encryption });
  }
  const states = new Set(known.map(([, encryption]) => encryption).filter(Boolean));
  const overall = states.has('broken') ? 'broken' : !room.isE2EEEnabled || states.has('open') ? 'open' : 'encrypted';
  const sign = $('call-sign');
  if (sign.dataset.state !== overall) {
    sign.dataset.state = overall;
    sign.innerHTML = {
      encrypted: `${icons.lock}<span>End-to-end encrypted</span>`,
      open: `${icons.lockOpen}<span>${room.isE2EEEnabled ? 'Not everybody is encrypted' : 'Not encrypted'}</span>`,
      broken: `${icons.lockBroken}<span>Cannot be decrypted</span>`,
    }[overall];
  }
  const names = known.filter(([, encryption]) => encryption === 'broken').map(([p]) => p.name || p.identity).join(', ');
  const text = names && (room.isE2EEEnabled ? say.wrongPassphrase(names) : say.passphraseMissing(names));
  banner(state, 'passphrase', text, ['Enter passphrase', () => askPassphrase(state)]);

  $('count').textContent = everybody.length === 1 ? 'Only you' : `${everybody.length} people`;
  const { localParticipant } = room;
  toggle($('mic'), localParticipant.isMicrophoneEnabled, icons.mic, icons.micOff, 'Microphone');
  toggle($('cam'), localParticipant.isCameraEnabled, icons.cam, icons.camOff, 'Camera');
  toggle($('share'), localParticipant.isScreenShareEnabled, icons.share, icons.share, 'Share screen');
  const mayPublish = localParticipant.permissions?.canPublish !== false;
  $('mic').disabled = $('cam').disabled = !mayPublish || !secure;
  $('share').disabled = !mayPublish || !navigator.mediaDevices?.getDisplayMedia;
}

function endCall(state, reason) {
  clearInterval(state.timer);
  state.worker?.terminate();
  document.querySelectorAll('body > audio').forEach((element) => element.remove());
  tiles.clear();
  $('banners').replaceChildren();
  $('call').hidden = true;
  $('lobby').hidden = false;
  document.title = 'Tributary call';
  call = undefined;
  const text = say.endOfCall(reason);
  joinError(text ?? '');
  if (!text) announce('You left the call');
  preview.wantCamera = !preview.problems.camera;
  preview.wantMicrophone = !preview.problems.microphone;
  $('call-sign').dataset.state = '';
  startPreview();
  $('join').focus();
}

// ---------------------------------------------------------------- controls

async function act(what, body) {
  if (!call) return;
  const state = call;
  try {
    await body(state.room.localParticipant);
    banner(state, `publish ${what}`, '');
  } catch (error) {
    const cancelled = what === 'screen' && error?.name === 'NotAllowedError';
    if (!cancelled) {
      banner(state, `publish ${what}`, error instanceof DOMException || error?.name === 'NotFoundError' ? say.deviceProblem(error, what) : say.publishProblem(what, error));
    }
  }
  if (call === state) refresh(state);
}
const actions = {
  mic: () => act('microphone', (me) => me.setMicrophoneEnabled(!me.isMicrophoneEnabled)),
  cam: () => act('camera', (me) => me.setCameraEnabled(!me.isCameraEnabled)),
  share: () => act('screen', (me) => me.setScreenShareEnabled(!me.isScreenShareEnabled, { audio: true })),
  leave: () => call?.room.disconnect(),
};
for (const [id, action] of Object.entries(actions)) $(id).addEventListener('click', action);

$('invite').addEventListener('click', async () => {
  const link = new URL(location.pathname, location.href);
  link.searchParams.set('room', call.roomName);
  if (call.passphrase) link.hash = new URLSearchParams({ passphrase: call.passphrase }).toString();
  try {
    await navigator.clipboard.writeText(link.href);
    announce(call.passphrase ? 'Invite link copied. It contains the passphrase: send it only to people you invite.' : 'Invite link copied', true);
  } catch {
    window.prompt('Copy this link:', link.href);
  }
});

document.addEventListener('keydown', (event) => {
  if (!call || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (event.target.closest?.('input, textarea, select, dialog')) return;
  if (event.key === 'm') actions.mic();
  if (event.key === 'v') actions.cam();
});

function askPassphrase(state) {
  const dialog = $('passphrase-dialog');
  $('other-passphrase').value = '';
  dialog.showModal();
  dialog.addEventListener(
    'close',
    async () => {
      const passphrase = $('other-passphrase').value;
      if (dialog.returnValue !== 'use' || !passphrase || call !== state) return;
      if (!state.keyProvider) {
        // Joined without encryption: the call has to be joined anew with it.
        $('passphrase').value = passphrase;
        lobbySign();
        await state.room.disconnect();
        await join();
        return;
      }
      state.passphrase = passphrase;
      await state.keyProvider.setKey(passphrase);
      state.broken.clear();
      refresh(state);
    },
    { once: true },
  );
}

// ---------------------------------------------------------------- small things

function button(element, icon, label) {
  element.innerHTML = `${icon}<span>${label}</span>`;
  element.title = label;
}

function toggle(element, on, iconOn, iconOff, label) {
  const looks = `${on} ${label}`;
  if (element.dataset.looks === looks) return;
  element.dataset.looks = looks;
  button(element, on ? iconOn : iconOff, label);
  element.setAttribute('aria-label', label);
  element.title = `${label} ${on ? 'on' : 'off'}`;
  element.setAttribute('aria-pressed', String(on));
}

/** A message over the grid that stays until it no longer holds; an empty text takes it away. */
function banner(state, key, text, action) {
  const shown = state.banners.get(key);
  if (shown?.text === text || (!shown && !text)) return;
  shown?.element.remove();
  state.banners.delete(key);
  if (!text) return;
  const element = document.createElement('div');
  element.className = 'banner';
  element.dataset.kind = key;
  element.append(Object.assign(document.createElement('p'), { textContent: text }));
  const add = (label, className, act) => {
    const b = Object.assign(document.createElement('button'), { type: 'button', textContent: label, className });
    b.addEventListener('click', act);
    element.append(b);
  };
  if (action) add(action[0], 'primary', action[1]);
  else add('Dismiss', 'quiet', () => element.remove());
  state.banners.set(key, { text, element });
  $('banners').append(element);
}

let clearing;
function announce(text, visibly = false) {
  $('live').textContent = text;
  $('live').classList.toggle('toast', visibly);
  clearTimeout(clearing);
  clearing = setTimeout(() => $('live').classList.remove('toast'), 4000);
}

function remember(key, value) {
  try {
    localStorage.setItem(`tributary.${key}`, value);
  } catch {
    // Storage may be switched off; then nothing is remembered.
  }
}
function remembered(key) {
  try {
    return localStorage.getItem(`tributary.${key}`) ?? undefined;
  } catch {
    return undefined;
  }
}

($('name').value ? ($('room').value ? $('join') : $('room')) : $('name')).focus();
startPreview();
