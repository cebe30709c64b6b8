// What went wrong, in words that say what to do.
import { ConnectionErrorReason, DisconnectReason } from 'livekit-client';

export const insecureContext =
  'Your browser gives camera, microphone and encryption only to secure pages. Open this page over https, or as http://localhost on the same machine.';

export function deviceProblem(error, what) {
  switch (error?.name) {
    case 'NotAllowedError':
    case 'SecurityError':
      return `Your browser was not allowed to use the ${what}. Allow it in the site settings beside the address, or join without.`;
    case 'NotFoundError':
    case 'OverconstrainedError':
      return `No ${what} was found. Plug one in, or join without: you will still see and hear the others.`;
    case 'NotReadableError':
    case 'AbortError':
      return `The ${what} is in use by another program, or does not start. Close that program and try again.`;
    default:
      return `The ${what} does not work: ${error?.message ?? error}`;
  }
}

export function connectProblem(error) {
  const status = error?.status ?? error?.context?.status;
  const text = String(error?.message ?? error);
  if (status === 404 || /requested room does not exist/i.test(text)) return 'This room does not exist on the server, and your token may not create it.';
  if (error?.reason === ConnectionErrorReason.NotAllowed || status === 401 || status === 403) {
    return `The server refused the token: ${text}. It may have expired, or be meant for another server.`;
  }
  if (error?.reason === ConnectionErrorReason.ServerUnreachable || /fetch|network/i.test(text)) {
    return 'The server cannot be reached. Check the address and your network, then try again.';
  }
  if (/negotiat|pc connection|timed out/i.test(text) || error?.reason === ConnectionErrorReason.Timeout) {
    return 'The server answers, but no media gets through. A firewall may block UDP between you and the server.';
  }
  return `The server did not let you in. The room may be full; try again later. (${text})`;
}

export function endOfCall(reason) {
  switch (reason) {
    case undefined:
    case DisconnectReason.CLIENT_INITIATED:
      return undefined;
    case DisconnectReason.DUPLICATE_IDENTITY:
      return 'You joined this room from somewhere else, so this call has ended here.';
    case DisconnectReason.SERVER_SHUTDOWN:
      return 'The server was shut down.';
    case DisconnectReason.PARTICIPANT_REMOVED:
      return 'You were removed from the room.';
    case DisconnectReason.ROOM_DELETED:
    case DisconnectReason.ROOM_CLOSED:
      return 'The room was closed.';
    default:
      return 'The connection was lost and could not be restored.';
  }
}

export const wrongPassphrase = (names) =>
  `${names} cannot be decrypted. The passphrases differ: ask for the right one and try it.`;
export const passphraseMissing = (names) =>
  `${names} is encrypted, and you joined without a passphrase. Enter it to see and hear the call.`;
export const mustEncrypt = (why) => `The server refused what you send: ${why}. Leave, and join again with a passphrase.`;
export const mayNotPublish = 'You may watch and listen here, but not send: your token does not allow it.';
export const publishProblem = (what, error) =>
  /permission|not.?allowed|insufficient/i.test(String(error?.message)) && error?.name !== 'NotAllowedError'
    ? `The server refused your ${what}: your token does not allow to publish it.`
    : `Your ${what} could not be published: ${error?.message ?? error}`;
