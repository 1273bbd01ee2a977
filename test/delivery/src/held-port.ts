import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';

export interface HeldPort {
  release(): void;
}

/**
 * Keeps a port on which nothing listens, so that nobody else is given it: one end of a connection has it. Who connects to it is
 * refused, and it can be listened on before it is released.
 */
export async function holdPort(port: number): Promise<HeldPort> {
  const peer = createServer((socket) => socket.on('error', () => {}));
  peer.listen(0, '127.0.0.1');
  await once(peer, 'listening');
  const holder = connect({ host: '127.0.0.1', port: (peer.address() as AddressInfo).port, localAddress: '127.0.0.1', localPort: port });
  await once(holder, 'connect');
  return {
    release() {
      holder.destroy();
      peer.close();
    },
  };
}
