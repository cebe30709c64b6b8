// The Python that aiortc lives in, made once beside the suite.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const suite = join(dirname(fileURLToPath(import.meta.url)), '..');
const venv = process.env.TRIBUTARY_VENV ?? join(suite, '.venv');
export const python = join(venv, 'bin/python');

/** Installs what is missing; says what is wrong, or nothing. */
export function preparePython() {
  try {
    if (!existsSync(python)) execFileSync('python3', ['-m', 'venv', venv], { stdio: 'pipe' });
    if (aiortcIsThere()) return undefined;
    execFileSync(
      python,
      ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', join(suite, 'requirements.txt')],
      { stdio: 'pipe' },
    );
    return undefined;
  } catch (error) {
    return String(error.stderr ?? error).slice(-400);
  }
}

function aiortcIsThere() {
  try {
    execFileSync(python, ['-c', 'import aiortc, livekit.protocol.rtc'], { stdio: 'pipe' });
    return true;
  } catch {
    return false;
  }
}
