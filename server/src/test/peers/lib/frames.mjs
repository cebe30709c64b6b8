// Our own frame encryption (`tributary frames pipe`) as a client's: lib/frames.worker.js asks it for every frame.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { WebSocketServer } from 'ws';
import { canServe } from './server.mjs';
import { within } from './wait.mjs';

export class Frames {
  /** What was decrypted of whom, and what of our own was encrypted: 'ann/opus' → {frames, refused: {reason: count}, keyIndex, step}. */
  tally = new Map();
  /** Requests that were not understood; there should be none. */
  problems = [];
  #asked = [];

  static async start() {
    if (!canServe) throw new Error('TRIBUTARY_SERVE must name the command that starts a server');
    const [program] = process.env.TRIBUTARY_SERVE.split(' ').filter(Boolean);
    const frames = new Frames();
    frames.child = spawn(program, ['frames', 'pipe'], { stdio: ['pipe', 'pipe', 'inherit'] });
    frames.ended = new Promise((done) => frames.child.once('exit', done).once('error', done));
    // Answers come in the order of the requests.
    createInterface({ input: frames.child.stdout }).on('line', (line) => frames.#asked.shift()?.(JSON.parse(line)));
    frames.web = new WebSocketServer({ host: '127.0.0.1', port: 0 });
    frames.web.on('connection', (socket) => {
      socket.on('message', async (data) => {
        const request = JSON.parse(data);
        const answer = await frames.ask(request);
        frames.#count(request, answer);
        socket.send(JSON.stringify(answer));
      });
    });
    await new Promise((done) => frames.web.once('listening', done));
    frames.worker = `/frames.worker.js?frames=${encodeURIComponent(`ws://127.0.0.1:${frames.web.address().port}/`)}`;
    return frames;
  }

  ask(request) {
    const answer = new Promise((done) => this.#asked.push(done));
    this.child.stdin.write(`${JSON.stringify(request)}\n`);
    return within(20_000, `an answer to ${request.do}`, answer);
  }

  /** Sets somebody's key, or our own without `of`. */
  async key(fields) {
    const { problem } = await this.ask({ do: 'key', ...fields });
    if (problem) throw new Error(problem);
  }

  ratchet() {
    return this.ask({ do: 'ratchet' });
  }

  /** Of our own frames: 'own/vp8'. */
  of(identity, codec) {
    return this.tally.get(`${identity}/${codec}`) ?? { frames: 0, refused: {} };
  }

  #count(request, answer) {
    if (answer.problem) this.problems.push(answer.problem);
    if (!request.codec) return;
    const name = `${request.do === 'encrypt' ? 'own' : request.of}/${request.codec}`;
    const entry = this.tally.get(name) ?? { frames: 0, refused: {} };
    this.tally.set(name, entry);
    entry.keyIndex = answer.keyIndex;
    entry.step = answer.step;
    if (answer.refused) entry.refused[answer.refused] = (entry.refused[answer.refused] ?? 0) + 1;
    else entry.frames += 1;
  }

  async stop() {
    this.web.close();
    this.web.clients.forEach((socket) => socket.terminate());
    this.child.stdin.end();
    await within(10_000, '`frames pipe` ends with its input', this.ended).catch(() => this.child.kill('SIGKILL'));
  }
}
