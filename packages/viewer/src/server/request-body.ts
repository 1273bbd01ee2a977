import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { RequestError } from './request-error.ts';

/** Reads the bodies of requests within memory that all connections share. */
export interface BodyReader {
  /**
   * Hands the body over once it is there, decompressed where it is gzip. A refused request is not kept: Node.js reads the
   * rest and throws it away, so that the client gets to see the answer.
   *
   * @throws RequestError for what is too large before or after decompression, or is not gzip; what `consume` throws
   */
  take(request: IncomingMessage, gzip: boolean, consume: (body: Buffer) => void): Promise<void>;
}

const gunzipAside = promisify(gunzip);

export function createBodyReader(maxBytes: number): BodyReader {
  const memory: BodyMemory = { limitBytes: maxBytes * 2, usedBytes: 0 };
  // One body at a time is decompressed: each may become as large as all that come in.
  let turn: Promise<unknown> = Promise.resolve();
  const decompressInTurn = (body: Buffer): Promise<Buffer> => {
    const decompressed = turn.then(() => decompress(body, maxBytes));
    turn = decompressed.catch(() => {});
    return decompressed;
  };
  return {
    async take(request, gzip, consume) {
      const body = await receive(request, maxBytes, memory);
      try {
        consume(gzip ? await decompressInTurn(body) : body);
      } finally {
        memory.usedBytes -= body.length;
      }
    },
  };
}

interface BodyMemory {
  readonly limitBytes: number;
  usedBytes: number;
}

/** The body as it came. Its length stays charged to the memory. */
function receive(request: IncomingMessage, maxBytes: number, memory: BodyMemory): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const fail = (error: Error): void => {
      request.off('data', onData).off('end', onEnd).off('error', fail).off('close', onClose);
      memory.usedBytes -= length;
      chunks.length = 0;
      reject(error);
    };
    const refuse = (error: RequestError): void => {
      fail(error);
      request.on('error', () => {});
      request.resume();
    };
    const onData = (chunk: Buffer): void => {
      length += chunk.length;
      memory.usedBytes += chunk.length;
      if (length > maxBytes) refuse(tooLarge(maxBytes));
      else if (memory.usedBytes > memory.limitBytes) refuse(busy());
      else chunks.push(chunk);
    };
    const onEnd = (): void => {
      request.off('close', onClose);
      resolve(Buffer.concat(chunks, length));
    };
    const onClose = (): void => fail(new Error('the client went away'));
    request.on('data', onData).on('end', onEnd).on('error', fail).on('close', onClose);
    const declared = Number(request.headers['content-length'] ?? 0);
    if (declared > maxBytes) refuse(tooLarge(maxBytes));
  });
}

async function decompress(body: Buffer, maxBytes: number): Promise<Buffer> {
  try {
    return await gunzipAside(body, { maxOutputLength: maxBytes });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(maxBytes);
    throw new RequestError(400, 'malformed', `the body is not gzip: ${(error as Error).message}`, {}, { cause: error });
  }
}

function tooLarge(maxBytes: number): RequestError {
  return new RequestError(413, 'body-too-large', `the body is larger than ${maxBytes} bytes, before or after decompression; send smaller batches`);
}

function busy(): RequestError {
  return new RequestError(503, 'busy', 'too many requests are coming in at once; try again', { 'Retry-After': '1' });
}
