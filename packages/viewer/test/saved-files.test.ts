import { constants } from 'node:buffer';
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { encodeOtlp, encodePprof, profilesDataFromProfile, profilesDataToJson, writeOtlpFile } from '@flamespan/profile';
import type { Profile } from '@flamespan/profile';
import { profileFromStacks } from '@flamespan/profile/testing';
import { assert, asyncProperty, constantFrom, nat, uint8Array } from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CliError } from '../src/cli/cli-error.ts';
import { pprofCopies } from '../src/cli/exported-file.ts';
import { openSavedFiles } from '../src/cli/saved-store.ts';
import { drawProfile } from './drawing.ts';
import { jsonSpan, jsonTraces } from './json-traces.ts';
import { protobufTraces } from './protobuf-traces.ts';

const MIB = 1024 ** 2;
const PROFILE = drawProfile('10 10 9 1 GET_/a main;work\n20 10 9 - - main');
const otlp = encodeOtlp(PROFILE);
const pprof = encodePprof(PROFILE, { part: 'timed' })!;
const LATER = drawProfile('5010 10 9 1 GET_/b main', { window: [5_000, 6_000] });
const jsonOf = (profile: Profile): string => profilesDataToJson(profilesDataFromProfile(profile));
const jsonProfile = jsonOf(PROFILE);
const jsonTrace = jsonTraces([jsonSpan()]);
/** As the Collector's file exporter writes messages: each after its length. */
const framed = (...messages: Uint8Array[]): Buffer => Buffer.concat(messages.flatMap((message) => {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(message.length);
  return [length, message];
}));

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'flamespan-files-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, content: Uint8Array | string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

async function refusal(paths: readonly string[], maxBytes = 256 * MIB): Promise<string> {
  const error: unknown = await openSavedFiles(paths, maxBytes).then(() => undefined, (reason: unknown) => reason);
  expect(error).toBeInstanceOf(CliError);
  expect(error).toMatchObject({ exitCode: 1 });
  return (error as Error).message;
}

describe('a saved file', () => {
  const PROFILES = { profiles: 1, samples: 2, linkedSamples: 1 };
  const TRACES = { traces: 1, spans: 1, samples: 0 };
  it.each<[string, string, Uint8Array | string, object]>([
    ['profiles of exporter-file', 'a.otlp', writeOtlpFile([otlp]), PROFILES],
    ['two messages of profiles', 'a.otlp', writeOtlpFile([otlp, encodeOtlp(LATER)]), { profiles: 2, samples: 3 }],
    ['a bare message of profiles', 'a.bin', otlp, PROFILES],
    ['profiles in gzip', 'a.otlp.gz', gzipSync(writeOtlpFile([otlp])), PROFILES],
    ['profiles of the Collector', 'a.proto', framed(otlp, encodeOtlp(LATER)), { profiles: 2 }],
    ['a profile that the Collector got twice', 'a.proto', framed(otlp, otlp), { ...PROFILES, duplicateProfiles: 1 }],
    ['traces and profiles of the Collector', 'a.proto', framed(protobufTraces(), otlp), { ...TRACES, ...PROFILES }],
    ['a bare message of traces', 'a.pb', protobufTraces(), TRACES],
    ['pprof in gzip', 'a.pb.gz', gzipSync(pprof), PROFILES],
    ['pprof under another name', 'a.otlp', pprof, PROFILES],
    ['profiles in JSON', 'a.json', jsonProfile, PROFILES],
    ['traces in JSON', 'a.json', jsonTrace, TRACES],
    ['traces in JSON with blanks and a byte order mark', 'a.json', `\uFEFF\n ${JSON.stringify(JSON.parse(jsonTrace), null, 2)}\n`, TRACES],
    ['JSON lines', 'a.jsonl', `${jsonTrace}\n${jsonProfile}\n\n${jsonOf(LATER)}\n`, { ...TRACES, profiles: 2, samples: 3 }],
    ['JSON in gzip', 'a.json.gz', gzipSync(jsonTrace), TRACES],
  ])('of %s is opened', async (_what, name, content, expected) => {
    expect((await openSavedFiles([file(name, content)], 256 * MIB)).stats()).toMatchObject(expected);
  });

  it('may hold more spans than a call takes arguments', async () => {
    const spans = Array.from({ length: 150_000 }, (_, i) => ({ traceId: 1 + (i >> 5), spanId: i + 1 }));
    expect((await openSavedFiles([file('many.pb', protobufTraces(spans))], 256 * MIB)).stats()).toMatchObject({ spans: 150_000 });
  });

  it('of pprof belongs to a service that its name tells', async () => {
    const service = async (name: string): Promise<unknown> => [...(await openSavedFiles([file(name, gzipSync(pprof))], 256 * MIB)).profiles()].map((stored) => stored.service);
    expect(await service('flamespan-shop-cart-20261121T111213.000Z-17-0123abcd-1-wall.pb.gz')).toEqual(['shop-cart']);
    expect(await service('checkout.pb.gz')).toEqual(['checkout']);
  });

  it('may be one of several', async () => {
    const paths = [file('traces.json', jsonTrace), file('profile.otlp', otlp), file('checkout.pb.gz', gzipSync(encodePprof(LATER, { part: 'timed' })!))];
    expect((await openSavedFiles(paths, 256 * MIB)).stats()).toMatchObject({ traces: 1, profiles: 2, samples: 3 });
  });

  it('counts once, with all that its exporter wrote of it and however often it is named', async () => {
    const stem = (number: number): string => `flamespan-shop-20261121T111213.000Z-17-0123abcd-${number}`;
    const mixed = profileFromStacks('main;cache 4 objects 1000 bytes\nmain;work 2', { resource: PROFILE.resource });
    const paths = [
      file(`${stem(1)}-wall.pb.gz`, gzipSync(pprof)),
      file(`${stem(1)}.otlp`, writeOtlpFile([otlp])),
      file(`${stem(2)}-heap.pb.gz`, gzipSync(encodePprof(mixed, { part: 'heap' })!)),
      file(`${stem(2)}-wall.pb.gz`, gzipSync(encodePprof(mixed, { part: 'timed' })!)),
      file(`${stem(2)}.otlp`, writeOtlpFile([encodeOtlp(mixed)])),
    ];
    expect(pprofCopies(paths)).toEqual(paths.filter((path) => path.endsWith('.pb.gz')));
    expect((await openSavedFiles([...paths, ...paths], 256 * MIB)).stats()).toMatchObject({ profiles: 2, samples: 4, duplicateProfiles: 2 });
    const onlyPprof = paths.filter((path) => path.endsWith('.pb.gz'));
    expect(pprofCopies(onlyPprof)).toEqual([]);
    expect((await openSavedFiles(onlyPprof, 256 * MIB)).stats()).toMatchObject({ profiles: 3, samples: 4 });
  });

  it('is no copy of another one that is only called alike', () => {
    const stem = 'flamespan-shop-20261121T111213.000Z-17-0123abcd';
    expect(pprofCopies([`${stem}-1.otlp`, `${stem}-2-wall.pb.gz`, 'shop.otlp', 'shop-wall.pb.gz', `${stem}-1.pb.gz`])).toEqual([]);
    expect(pprofCopies([`otlp/${stem}-1.otlp`, `pprof/${stem}-1-heap.pb.gz`])).toEqual([`pprof/${stem}-1-heap.pb.gz`]);
  });

  const foreignPprof = (): Uint8Array => {
    // sample_type {1, 2}, one sample, strings '', 'contentions', 'count'.
    const text = (string: string): Buffer => Buffer.concat([Buffer.from([0x32, string.length]), Buffer.from(string)]);
    return Buffer.concat([Buffer.from([0x0a, 4, 0x08, 1, 0x10, 2, 0x12, 2, 0x10, 5]), text(''), text('contentions'), text('count')]);
  };

  it.each<[string, string, () => Uint8Array | string, string]>([
    ['nothing', 'a.otlp', () => '', 'holds no spans and no samples'],
    ['no spans', 'a.json', () => '{"resourceSpans":[]}', 'holds no spans and no samples'],
    ['text', 'notes.txt', () => 'just some words in a file', 'is neither OTLP traces or profiles nor pprof. Read as OTLP profiles: ERR_'],
    ['text called pprof', 'a.pb.gz', () => gzipSync('just some words in a file'), 'Read as pprof: ERR_'],
    ['a part of an .otlp file', 'a.otlp', () => writeOtlpFile([otlp]).subarray(0, -5), 'is not a valid .otlp file: ERR_TRUNCATED'],
    ['a part of gzip', 'a.pb.gz', () => gzipSync(pprof).subarray(0, -20), 'cannot be read: unexpected end of file'],
    ['a later message that is broken', 'a.proto', () => framed(otlp, Buffer.from('nonsense')), 'is neither OTLP'],
    ['other JSON', 'a.json', () => '{"resourceLogs":[]}', 'it has neither resourceSpans nor resourceProfiles'],
    ['a list', 'a.json', () => '[1, 2]', 'it has neither resourceSpans nor resourceProfiles'],
    ['a .cpuprofile', 'a.cpuprofile', () => '{"nodes":[],"startTime":0}', 'speedscope opens them'],
    ['broken JSON', 'a.json', () => jsonTrace.slice(0, -9), 'line 1 of '],
    ['a broken line', 'a.jsonl', () => `${jsonTrace}\n{"resourceSpans":`, 'line 2 of '],
    ['OTLP that breaks its rules', 'a.jsonl', () => `${jsonTrace}\n${jsonTraces([jsonSpan({ spanId: 'xyz' })])}`, 'line 2 of '],
    ['sample types that are not known', 'mutex.pb.gz', () => gzipSync(foreignPprof()), 'its sample types are contentions/count. Shown are wall, cpu'],
  ])('of %s is refused', async (_what, name, content, message) => {
    const path = file(name, content());
    const text = await refusal([path]);
    expect(text).toContain(message);
    expect(text).toContain(path);
  });

  it('that is not there, or no file, is refused', async () => {
    expect(await refusal([join(folder, 'none.otlp')])).toContain('none.otlp cannot be read: there is no such file');
    expect(await refusal([join(folder, 'none.otlp')])).not.toContain('viewer');
    for (const address of ['localhost:4318', 'http://127.0.0.1:4318']) expect(await refusal([address])).toContain('a running viewer is read with flamespan report http://…');
    mkdirSync(join(folder, 'directory'), { recursive: true });
    expect(await refusal([join(folder, 'directory')])).toContain('is a directory');
  });

  it('that does not fit is refused with all others, and the option is named', async () => {
    const many = jsonTraces(Array.from({ length: 5_000 }, (_, i) => jsonSpan({ spanId: (i + 1).toString(16).padStart(16, '0'), traceId: (i + 1).toString(16).padStart(32, '0') })));
    const needed = (path: string): string => `${path} needs more than the 1 MiB that may be taken; choose more with --max-memory. Nothing was opened.`;
    const samples = drawProfile(Array.from({ length: 20_000 }, (_, i) => `${i / 100} 10 9 1 GET_/a main;work`).join('\n'), { window: [0, 1_000] });
    for (const [name, content] of [
      ['large.json', many],
      ['large.jsonl', `${jsonTrace}\n${many}`],
      ['large.pb', protobufTraces(Array.from({ length: 5_000 }, (_, i) => ({ traceId: i + 1 })))],
      ['large-profile.json', jsonOf(samples)],
      ['large.otlp', writeOtlpFile([encodeOtlp(samples)])],
      ['large.pb.gz', gzipSync(encodePprof(samples, { part: 'timed' })!)],
    ] as const) {
      const path = file(name, content);
      expect(await refusal([path], MIB)).toBe(needed(path));
    }
    const half = (first: number): string => jsonTraces(Array.from({ length: 900 }, (_, i) => jsonSpan({ traceId: (first + i).toString(16).padStart(32, '0') })));
    expect(await refusal([file('half-1.json', half(1)), file('half-2.json', half(10_000)), file('half-3.json', half(20_000))], MIB)).toContain('The files need more than the 1 MiB that may be taken; choose more with --max-memory');
  });

  it('of JSON that is longer than a text may be is refused', async () => {
    const path = file('endless.json', '{');
    // Takes no room on the disk.
    truncateSync(path, constants.MAX_STRING_LENGTH + 1);
    expect(await refusal([path])).toBe(`${path} is JSON of more than ${constants.MAX_STRING_LENGTH} characters, which is more than a text may have here; split it, or save it as protobuf. Nothing was opened.`);
  });

  it('of attributes that are nested too deeply is not refused for its size', async () => {
    const attributes = `[{"key":"a","value":${'{"arrayValue":{"values":['.repeat(200)}{"intValue":"1"}${']}}'.repeat(200)}}]`;
    expect(await refusal([file('deep.json', `{"resourceProfiles":[{"resource":{"attributes":${attributes}}}]}`)])).toContain('is not valid OTLP');
  });

  it('of any bytes is opened or refused in words', async () => {
    const start = constantFrom<Uint8Array>(new Uint8Array(0), otlp, pprof, protobufTraces(), Buffer.from('OTLP\u0001\0\0\0'), Buffer.from('{"resourceSpans":'), gzipSync(pprof));
    await assert(asyncProperty(start, uint8Array({ maxLength: 60 }), nat(400), async (head, tail, cut) => {
      const error: unknown = await openSavedFiles([file('any', Buffer.concat([head.subarray(0, Math.max(0, head.length - cut)), tail]))], 16 * MIB).then(() => undefined, (reason: unknown) => reason);
      expect(error === undefined || error instanceof CliError).toBe(true);
    }), { numRuns: 300 });
  });
});
