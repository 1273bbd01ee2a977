import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import type { CapturedUpload } from './capture-server.ts';
import { pprofFacts } from './pprof-facts.ts';
import { shapeOf } from './value-shape.ts';

/** What can be said of a tracer's uploads, by field. Two tracers that send the same have the same facts. */
export type Facts = ReadonlyMap<string, string>;

/** Of the connection, and not of the tracer. */
const IGNORED_HEADERS = new Set(['host', 'connection']);

/** @param uploads - several of one process: what is not in each, such as a kind of sample, may be in one of them */
export async function uploadFacts(uploads: readonly CapturedUpload[]): Promise<Facts> {
  const facts = new Map<string, string>();
  const files = new Map<string, Uint8Array[]>();
  for (const upload of uploads) {
    facts.set('request', `${upload.method} ${upload.path}`);
    for (const [name, value] of Object.entries(upload.headers)) {
      if (!IGNORED_HEADERS.has(name)) facts.set(`header/${name}`, shapeOf(name, String(value).replace(/boundary=.*/, 'boundary=…')));
    }
    for (const [name, file] of await formFiles(upload)) {
      facts.set(`part ${name}`, `${file.name}, ${file.type}`);
      facts.set(`part ${name}/headers`, partHeaders(upload, name));
      const content = Buffer.from(await file.arrayBuffer());
      if (name === 'event') addEventFacts(facts, JSON.parse(content.toString()) as Record<string, unknown>);
      else {
        facts.set(`part ${name}/compression`, content[0] === 0x1f ? 'gzip' : content[0] === 0x28 ? 'zstd' : 'none');
        files.set(name, [...(files.get(name) ?? []), content[0] === 0x1f ? gunzipSync(content) : zstdDecompressSync(content)]);
      }
    }
  }
  for (const [name, contents] of files) for (const [key, value] of pprofFacts(name, contents)) facts.set(key, value);
  return facts;
}

async function formFiles({ headers, body }: CapturedUpload): Promise<[string, File][]> {
  const form = await new Response(new Uint8Array(body), { headers: { 'Content-Type': headers['content-type'] ?? '' } }).formData();
  return [...form].map(([name, value]) => {
    if (typeof value === 'string') throw new Error(`part ${name} is no file`);
    return [name, value];
  });
}

/** The headers of a part as they are in the bytes. */
function partHeaders({ body }: CapturedUpload, name: string): string {
  const text = body.toString('latin1');
  const start = text.indexOf(`Content-Disposition: form-data; name="${name}"`);
  return JSON.stringify(text.slice(start, text.indexOf('\r\n\r\n', start)));
}

function addEventFacts(facts: Map<string, string>, event: Record<string, unknown>): void {
  for (const [key, value] of Object.entries(event)) {
    if (key === 'tags_profiler') addTagFacts(facts, String(value));
    else addFacts(facts, `event/${key}`, value);
  }
}

function addTagFacts(facts: Map<string, string>, tags: string): void {
  for (const tag of tags.split(',')) {
    const key = tag.slice(0, tag.indexOf(':'));
    facts.set(`tag/${key}`, shapeOf(key, tag.slice(key.length + 1)));
  }
}

function addFacts(facts: Map<string, string>, field: string, value: unknown): void {
  if (Array.isArray(value)) for (const item of value as readonly unknown[]) facts.set(`${field}/${String(item)}`, 'listed');
  else if (typeof value === 'object' && value !== null) for (const [key, inner] of Object.entries(value)) addFacts(facts, `${field}/${key}`, inner);
  else facts.set(field, shapeOf(field, value));
}
