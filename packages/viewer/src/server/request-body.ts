import type { IncomingMessage } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { RequestError } from './request-error.ts';

/** Memory for the bodies of requests that are still coming in, shared by all connections. */
export interface BodyMemory {
  readonly limitBytes: number;
  usedBytes: number;
}

/**
 * The body of a request as it came, at most `maxBytes` long. A refused request is not kept: Node.js reads the rest and
 * throws it away, so that the client gets to see the answer.
 */
export function readBody(request: IncomingMessage, maxBytes: number, memory: BodyMemory): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const settle = (finish: () => void): void => {
      request.off('data', onData).off('end', onEnd).off('error', onError).off('close', onClose);
      memory.usedBytes -= length;
      chunks.length = 0;
      finish();
    };
    const refuse = (error: RequestError): void => settle(() => {
      request.on('error', () => {});
      request.resume();
      reject(error);
    });
    const onData = (chunk: Buffer): void => {
      length += chunk.length;
      memory.usedBytes += chunk.length;
      if (length > maxBytes) refuse(tooLarge(maxBytes));
      else if (memory.usedBytes > memory.limitBytes) refuse(busy());
      else chunks.push(chunk);
    };
    const onEnd = (): void => {
      const body = Buffer.concat(chunks, length);
      settle(() => resolve(body));
    };
    const onError = (error: Error): void => settle(() => reject(error));
    const onClose = (): void => settle(() => reject(new Error('the client went away')));
    request.on('data', onData).on('end', onEnd).on('error', onError).on('close', onClose);
    const declared = Number(request.headers['content-length'] ?? 0);
    if (declared > maxBytes) refuse(tooLarge(maxBytes));
  });
}

/** @throws RequestError for what is not gzip, or is more than `maxBytes` when it is unpacked */
export function decompress(body: Buffer, maxBytes: number): Buffer {
  try {
    return gunzipSync(body, { maxOutputLength: maxBytes });
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
