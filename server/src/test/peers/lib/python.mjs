// The Pythons that peers live in, each made once beside the suite: aiortc's and Synapse's would
// disagree about their libraries.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const suite = join(dirname(fileURLToPath(import.meta.url)), '..');

/** A virtual environment with what `requirements` lists, complete when `probe` runs in it. */
class Environment {
  constructor({ directory, requirements, probe }) {
    this.directory = directory;
    this.requirements = requirements;
    this.probe = probe;
    this.python = join(directory, 'bin/python');
  }

  /** Installs what is missing; says what is wrong, or nothing. */
  prepare() {
    try {
      if (!existsSync(this.python)) execFileSync('python3', ['-m', 'venv', this.directory], { stdio: 'pipe' });
      if (this.complete()) return undefined;
      execFileSync(
        this.python,
        ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--retries', '10', '-r', join(suite, this.requirements)],
        { stdio: 'pipe' },
      );
      return undefined;
    } catch (error) {
      return String(error.stderr ?? error).slice(-400);
    }
  }

  complete() {
    try {
      execFileSync(this.python, ['-c', this.probe], { stdio: 'pipe' });
      return true;
    } catch {
      return false;
    }
  }
}

const parent = process.env.TRIBUTARY_VENV ?? join(suite, '.venv');

export const aiortc = new Environment({
  directory: join(parent, 'aiortc'),
  requirements: 'requirements-aiortc.txt',
  probe: 'import aiortc, livekit.protocol.rtc',
});

export const synapse = new Environment({
  directory: join(parent, 'synapse'),
  requirements: 'requirements-synapse.txt',
  probe: 'import synapse.app.homeserver',
});
