/** Ethernet frames for tests; checksums are left zero, as network cards that compute them leave them. */

export interface Ends {
  readonly source: string;
  readonly destination: string;
  readonly sourcePort: number;
  readonly destinationPort: number;
}

const address = (text: string): number[] => text.split(".").map(Number);

function frame(ends: Ends, protocol: number, transport: Buffer): Buffer {
  const ethernet = Buffer.from("0200000000020200000000010800", "hex");
  const ip = Buffer.alloc(20);
  ip[0] = 0x45;
  ip.writeUInt16BE(20 + transport.length, 2);
  ip[8] = 64;
  ip[9] = protocol;
  Buffer.from([...address(ends.source), ...address(ends.destination)]).copy(ip, 12);
  return Buffer.concat([ethernet, ip, transport]);
}

export function udpFrame(ends: Ends, payload: Buffer): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt16BE(ends.sourcePort, 0);
  header.writeUInt16BE(ends.destinationPort, 2);
  header.writeUInt16BE(8 + payload.length, 4);
  return frame(ends, 17, Buffer.concat([header, payload]));
}

export const TCP = { fin: 1, syn: 2, rst: 4, psh: 8, ack: 16 } as const;

export function tcpFrame(ends: Ends, flags: number, sequence: number, acknowledgement: number, payload: Buffer = Buffer.alloc(0)): Buffer {
  const header = Buffer.alloc(20);
  header.writeUInt16BE(ends.sourcePort, 0);
  header.writeUInt16BE(ends.destinationPort, 2);
  header.writeUInt32BE(sequence >>> 0, 4);
  header.writeUInt32BE(acknowledgement >>> 0, 8);
  header[12] = 0x50;
  header[13] = flags;
  header.writeUInt16BE(65_535, 14);
  return frame(ends, 6, Buffer.concat([header, payload]));
}

export const reversed = (ends: Ends): Ends => ({ source: ends.destination, destination: ends.source, sourcePort: ends.destinationPort, destinationPort: ends.sourcePort });

/** A small HTTP exchange as frames in order: handshake, request, answer, both sides close. */
export function httpExchange(ends: Ends, host: string, path: string): Buffer[] {
  const back = reversed(ends);
  const request = Buffer.from(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nUser-Agent: test\r\n\r\n`);
  const answer = Buffer.from("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello");
  const [a, b] = [1000, 5000];
  const [a2, b2] = [a + 1 + request.length, b + 1 + answer.length];
  return [
    tcpFrame(ends, TCP.syn, a, 0), tcpFrame(back, TCP.syn | TCP.ack, b, a + 1), tcpFrame(ends, TCP.ack, a + 1, b + 1),
    tcpFrame(ends, TCP.psh | TCP.ack, a + 1, b + 1, request), tcpFrame(back, TCP.psh | TCP.ack, b + 1, a2, answer),
    tcpFrame(ends, TCP.ack, a2, b2), tcpFrame(ends, TCP.fin | TCP.ack, a2, b2), tcpFrame(back, TCP.fin | TCP.ack, b2, a2 + 1), tcpFrame(ends, TCP.ack, a2 + 1, b2 + 1),
  ];
}
