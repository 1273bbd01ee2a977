import { readdir, readFile, readlink } from 'node:fs/promises';

const LISTEN = '0A';

/** Addresses of the TCP sockets on which a process listens, as the kernel has them: Linux only. */
export async function listeningAddresses(pid: number): Promise<readonly string[]> {
  const descriptors = await readdir(`/proc/${pid}/fd`);
  const links = await Promise.all(descriptors.map((descriptor) => readlink(`/proc/${pid}/fd/${descriptor}`).catch(() => '')));
  const tables = await Promise.all(['tcp', 'tcp6'].map((table) => readFile(`/proc/${pid}/net/${table}`, 'utf8').catch(() => '')));
  return tables
    .flatMap((table) => table.trim().split('\n').slice(1))
    .map((row) => row.trim().split(/\s+/))
    .filter((columns) => columns[3] === LISTEN && links.includes(`socket:[${columns[9]}]`))
    .map((columns) => addressOf(columns[1]!.split(':')[0]!));
}

/** IPv4 is one 32-bit word in the machine's byte order, little-endian wherever Node.js runs on Linux. */
function addressOf(hex: string): string {
  return hex.length === 8 ? Buffer.from(hex, 'hex').reverse().join('.') : hex;
}
