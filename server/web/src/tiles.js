// The grid: one tile for each person, one more for each shared screen.
import { ConnectionQuality, Track } from 'livekit-client';
import { icons } from './icons.js';

const hues = [174, 210, 262, 316, 12, 36, 96, 142];
const hash = (text) => [...text].reduce((sum, c) => (sum * 31 + c.codePointAt(0)) >>> 0, 7);
export const initials = (name) =>
  name.trim().split(/\s+/).slice(0, 2).map((word) => [...word][0]?.toUpperCase() ?? '').join('') || '?';

const signs = {
  encrypted: [icons.lock, 'encrypted'],
  open: [icons.lockOpen, 'not encrypted'],
  broken: [icons.lockBroken, 'cannot be decrypted'],
};

export class Tiles {
  #grid;
  #tiles = new Map();

  constructor(grid) {
    this.#grid = grid;
    new ResizeObserver(() => this.#arrange()).observe(grid);
  }

  clear() {
    for (const key of [...this.#tiles.keys()]) this.#remove(key);
  }

  /** Brings the tiles of `participant` up to date. `encryption` is a key of `signs`. */
  show(participant, { isLocal, encryption }) {
    const name = participant.name || participant.identity;
    const camera = participant.getTrackPublication(Track.Source.Camera);
    const microphone = participant.getTrackPublication(Track.Source.Microphone);
    const screen = participant.getTrackPublication(Track.Source.ScreenShare);
    const label = isLocal ? `${name} (you)` : name;

    const tile = this.#tile(participant.identity, label, hash(participant.identity));
    this.#picture(tile, camera, isLocal);
    tile.element.classList.toggle('mirrored', isLocal);
    const silent = !microphone || microphone.isMuted;
    tile.mute.hidden = !silent;
    this.#sign(tile, encryption);
    this.#quality(tile, participant.connectionQuality);
    tile.element.setAttribute(
      'aria-label',
      `${label}, ${silent ? 'muted' : 'microphone on'}, ${camera && !camera.isMuted ? 'camera on' : 'camera off'}${encryption ? `, ${signs[encryption][1]}` : ''}`,
    );

    const screenKey = `${participant.identity}\n screen`;
    if (screen && !screen.isMuted && (screen.track || !isLocal)) {
      const second = this.#tile(screenKey, isLocal ? 'Your screen' : `${name}’s screen`, 0);
      second.element.classList.add('screen');
      second.mute.hidden = true;
      second.bars.hidden = true;
      this.#picture(second, screen, isLocal);
      this.#sign(second, encryption);
      second.element.setAttribute('aria-label', second.name.textContent);
    } else {
      this.#remove(screenKey);
    }
    this.#arrange();
  }

  hide(identity) {
    this.#remove(identity);
    this.#remove(`${identity}\n screen`);
    this.#arrange();
  }

  speaking(identities) {
    for (const [key, { element }] of this.#tiles) element.classList.toggle('speaking', identities.has(key));
  }

  #tile(key, label, seed) {
    let tile = this.#tiles.get(key);
    if (!tile) {
      const element = document.createElement('article');
      element.className = 'tile';
      element.setAttribute('role', 'listitem');
      element.dataset.identity = key;
      element.style.setProperty('--hue', hues[seed % hues.length]);
      element.innerHTML = `<div class="avatar" aria-hidden="true"></div>
        <div class="plate"><span class="mute" title="muted">${icons.micOff}</span><span class="name"></span>
        <span class="lock"></span><span class="bars" role="img"><i></i><i></i><i></i></span></div>
        <p class="tile-note" hidden></p>`;
      const part = (name) => element.querySelector(`.${name}`);
      tile = { element, avatar: part('avatar'), name: part('name'), mute: part('mute'), lock: part('lock'), bars: part('bars'), note: part('tile-note') };
      this.#tiles.set(key, tile);
      this.#grid.append(element);
    }
    tile.name.textContent = label;
    tile.avatar.textContent = initials(label.replace(' (you)', ''));
    return tile;
  }

  #picture(tile, publication, isLocal) {
    const track = publication && !publication.isMuted ? publication.videoTrack : undefined;
    if (tile.track !== track) {
      if (tile.track && tile.video) tile.track.detach(tile.video);
      tile.video?.remove();
      tile.video = undefined;
      tile.track = track;
      if (track) {
        tile.video = document.createElement('video');
        Object.assign(tile.video, { autoplay: true, playsInline: true, muted: isLocal });
        tile.video.setAttribute('aria-hidden', 'true');
        tile.element.prepend(tile.video);
        track.attach(tile.video);
      }
    }
    tile.element.classList.toggle('with-picture', Boolean(track));
  }

  #sign(tile, encryption) {
    const [icon, text] = signs[encryption] ?? ['', ''];
    if (tile.encryption === encryption) return;
    tile.encryption = encryption;
    tile.element.dataset.encryption = encryption ?? '';
    tile.lock.innerHTML = icon && `${icon}<span class="unseen">${text}</span>`;
    tile.lock.title = text;
    tile.note.hidden = encryption !== 'broken';
    tile.note.textContent = encryption === 'broken' ? 'Cannot be decrypted' : '';
  }

  #quality(tile, quality) {
    const level = { [ConnectionQuality.Excellent]: 3, [ConnectionQuality.Good]: 2, [ConnectionQuality.Poor]: 1, [ConnectionQuality.Lost]: 0 }[quality];
    tile.bars.hidden = level === undefined;
    tile.bars.dataset.level = level ?? '';
    tile.bars.setAttribute('aria-label', `connection ${quality}`);
    tile.bars.title = `connection ${quality}`;
  }

  #remove(key) {
    const tile = this.#tiles.get(key);
    if (!tile) return;
    if (tile.track && tile.video) tile.track.detach(tile.video);
    tile.element.remove();
    this.#tiles.delete(key);
  }

  /** As many columns as make the tiles largest. */
  #arrange() {
    const { clientWidth: width, clientHeight: height } = this.#grid;
    const count = this.#tiles.size;
    if (!count || !width || !height) return;
    let best = { columns: 1, size: 0 };
    for (let columns = 1; columns <= count; columns++) {
      const rows = Math.ceil(count / columns);
      const size = Math.min(width / columns, (height / rows) * (width < height ? 1.1 : 16 / 9));
      if (size > best.size) best = { columns, size };
    }
    // Never smaller than a face can be made out: the grid scrolls instead.
    this.#grid.style.setProperty('--columns', Math.min(best.columns, Math.max(1, Math.floor(width / 150))));
  }
}
