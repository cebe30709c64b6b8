// A name server that says what a test wants, for names of strangers.
import dgram from 'node:dgram';
import net from 'node:net';

const TYPE = { A: 1, CNAME: 5, AAAA: 28, SRV: 33 };
const NAME_ERROR = 3;
const RESPONSE_AUTHORITATIVE = 0x8480;

/**
 * Answers on the loopback address, where the suite's /etc/resolv.conf looks. `records` maps a name to its records by
 * type, or to a function of how often that type of it was asked for before: `{ A: ['192.0.2.1'] }`.
 */
export async function startDns(records) {
  const asked = new Map();
  const socket = dgram.createSocket('udp4');
  socket.on('message', (message, from) => {
    const { name, type, end } = question(message);
    const key = `${name} ${type}`;
    const before = asked.get(key) ?? 0;
    asked.set(key, before + 1);
    const known = records[name.toLowerCase()];
    const found = typeof known === 'function' ? known(before) : known;
    const answers = [...answersOf(found, 'CNAME'), ...answersOf(found, type)];
    const head = Buffer.alloc(12);
    message.copy(head, 0, 0, 2);
    head.writeUInt16BE(RESPONSE_AUTHORITATIVE | (found ? 0 : NAME_ERROR), 2);
    head.writeUInt16BE(1, 4);
    head.writeUInt16BE(answers.length, 6);
    socket.send(Buffer.concat([head, message.subarray(12, end), ...answers]), from.port, from.address);
  });
  await new Promise((done, fail) => socket.once('error', fail).bind(53, '127.0.0.1', done));
  return {
    asked: (name, type) => asked.get(`${name} ${type}`) ?? 0,
    stop: () => new Promise((done) => socket.close(done)),
  };
}

function question(message) {
  const labels = [];
  let at = 12;
  while (message[at]) {
    labels.push(message.toString('latin1', at + 1, at + 1 + message[at]));
    at += 1 + message[at];
  }
  const number = message.readUInt16BE(at + 1);
  const type = Object.keys(TYPE).find((known) => TYPE[known] === number) ?? String(number);
  return { name: labels.join('.'), type, end: at + 5 };
}

function answersOf(found, type) {
  return (found?.[type] ?? []).map((value) => {
    const data = dataOf(type, value);
    const head = Buffer.alloc(12);
    head.writeUInt16BE(0xc00c, 0); // the name that was asked for
    head.writeUInt16BE(TYPE[type], 2);
    head.writeUInt16BE(1, 4);
    head.writeUInt32BE(0, 6); // nobody keeps it
    head.writeUInt16BE(data.length, 10);
    return Buffer.concat([head, data]);
  });
}

function dataOf(type, value) {
  switch (type) {
    case 'A':
      return Buffer.from(value.split('.').map(Number));
    case 'AAAA':
      return ipv6(value);
    case 'CNAME':
      return encoded(value);
    default: {
      const head = Buffer.alloc(6);
      head.writeUInt16BE(10, 0);
      head.writeUInt16BE(5, 2);
      head.writeUInt16BE(value.port, 4);
      return Buffer.concat([head, encoded(value.target)]);
    }
  }
}

const encoded = (name) =>
  Buffer.concat([...name.split('.').map((label) => Buffer.from([label.length, ...Buffer.from(label)])), Buffer.from([0])]);

function ipv6(text) {
  if (!net.isIPv6(text)) throw new Error(`no IPv6 address: ${text}`);
  const tail = text.match(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/);
  const hex = (high, low) => ((Number(high) << 8) | Number(low)).toString(16);
  const plain = tail ? text.replace(tail[0], `${hex(tail[1], tail[2])}:${hex(tail[3], tail[4])}`) : text;
  const [front, back] = plain.split('::').map((half) => half.split(':').filter(Boolean));
  const words = back ? [...front, ...Array(8 - front.length - back.length).fill('0'), ...back] : front;
  return Buffer.from(words.flatMap((word) => [parseInt(word, 16) >> 8, parseInt(word, 16) & 255]));
}
