import { randomUUID } from 'node:crypto';

/** A part that is a file. Names and types are ours: they hold nothing to escape. */
export interface FormFile {
  readonly name: string;
  readonly filename: string;
  readonly contentType: string;
  readonly content: Uint8Array;
}

export interface MultipartForm {
  readonly contentType: string;
  readonly body: Uint8Array;
}

/** The files as `multipart/form-data` (RFC 7578). */
export function encodeMultipartForm(files: readonly FormFile[]): MultipartForm {
  // Random, so that no content holds it.
  const boundary = randomUUID();
  const chunks: Uint8Array[] = [];
  for (const { name, filename, contentType, content } of files) {
    const head = `--${boundary}\r\nContent-Disposition: form-data; name="${name}"; filename="${filename}"\r\nContent-Type: ${contentType}\r\n\r\n`;
    chunks.push(Buffer.from(head), content, Buffer.from('\r\n'));
  }
  chunks.push(Buffer.from(`--${boundary}--\r\n`));
  return { contentType: `multipart/form-data; boundary=${boundary}`, body: Buffer.concat(chunks) };
}
