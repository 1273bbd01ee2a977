import { decodeOtlp, decodePprof, readOtlpFile } from '@flamespan/profile';
import type { ExportResult } from '@flamespan/profile';
import { dumpProfile, otlpProjection, pprofProjection, profileFromStacks } from '@flamespan/profile/testing';
import { existsSync, mkdirSync, readFileSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createExporter, DELIVERED, exportOnce, namesIn, profile, profileOfMinute, temporaryDirectory } from './support/exports.ts';

const STEM = /^flamespan-shop-20260101T000000\.000Z-\d+-[0-9a-f]{8}-1/;

describe('the files of an export', () => {
  it('hold what each format carries of the profile', async () => {
    const directory = temporaryDirectory();
    expect(await exportOnce(createExporter({ directory }))).toEqual(DELIVERED);
    const [heapFile = '', wallFile = '', otlpFile = '', ...more] = namesIn(directory);
    expect(more).toEqual([]);
    expect([heapFile, wallFile, otlpFile].map((name) => name.replace(STEM, ''))).toEqual(['-heap.pb.gz', '-wall.pb.gz', '.otlp']);
    const wall = decodePprof(gunzipSync(readFileSync(join(directory, wallFile))));
    expect(dumpProfile(wall.profile)).toBe(dumpProfile(pprofProjection(profile, 'timed')!));
    expect(wall.comments).toEqual(['service.name=shop', 'thread.id=0', '@flamespan/profiler 0.1.0']);
    const heap = decodePprof(gunzipSync(readFileSync(join(directory, heapFile))));
    expect(dumpProfile(heap.profile)).toBe(dumpProfile(pprofProjection(profile, 'heap')!));
    const frames = readOtlpFile(readFileSync(join(directory, otlpFile)));
    expect(frames.flatMap((frame) => decodeOtlp(frame).profiles.map(dumpProfile))).toEqual([dumpProfile(otlpProjection(profile)!)]);
  });

  it.each([
    [['otlp'] as const, ['.otlp']],
    [['pprof'] as const, ['-heap.pb.gz', '-wall.pb.gz']],
  ])('are those of the formats %j', async (formats, ends) => {
    const directory = temporaryDirectory();
    await exportOnce(createExporter({ directory, formats }));
    expect(namesIn(directory).map((name) => name.replace(STEM, ''))).toEqual(ends);
  });

  it('are only those that there are samples for', async () => {
    const directory = join(temporaryDirectory(), 'not', 'there', 'yet');
    const exporter = createExporter({ directory });
    expect(await exportOnce(exporter, profileFromStacks(''))).toEqual(DELIVERED);
    expect(existsSync(directory)).toBe(false);
    await exportOnce(exporter, profileFromStacks('main 1'));
    expect(namesIn(directory).map((name) => name.replace(/.*-2(?=\.otlp|-wall)/, ''))).toEqual(['-wall.pb.gz', '.otlp']);
  });

  it('are complete whenever they are seen', async () => {
    const directory = temporaryDirectory();
    const exporter = createExporter({ directory });
    const large = profileFromStacks(Array.from({ length: 300 }, (_, i) => `main;f${i};g${i * 7} 1 @s${i} GET /${i % 50}`).join('\n'));
    const seen = new Set<string>();
    const results: ExportResult[] = [];
    for (let i = 0; i < 20; i++) exporter.export(large, (result) => results.push(result));
    while (results.length < 20) {
      for (const name of namesIn(directory)) {
        if (name.startsWith('.') || seen.has(name)) continue;
        seen.add(name);
        const content = readFileSync(join(directory, name));
        const samples = name.endsWith('.otlp')
          ? decodeOtlp(readOtlpFile(content)[0] ?? content).profiles[0]?.samples.length
          : decodePprof(gunzipSync(content)).profile.samples.length;
        expect(samples).toBe(300);
      }
      await new Promise(setImmediate);
    }
    expect(seen.size).toBeGreaterThan(0);
    expect(namesIn(directory).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  it('stay in the directory, whatever the service is called', async () => {
    const directory = join(temporaryDirectory(), 'inner');
    const exporter = createExporter({ directory, formats: ['otlp'], maxFiles: 10_000 });
    const names = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 40 }), fc.constantFrom('..', '../../etc/passwd', '/', 'a/b\\c', '', '.', 'магазин', 'x'.repeat(5000), 'CON', '\0', '-rf', 'a\nb', '💥'.repeat(200)),
    );
    let count = 0;
    await fc.assert(
      fc.asyncProperty(names, async (name) => {
        expect(await exportOnce(exporter, profileOfMinute(0, name))).toEqual(DELIVERED);
        count++;
      }),
      { numRuns: 100 },
    );
    const written = namesIn(directory);
    expect(written).toHaveLength(count);
    for (const name of written) expect(name).toMatch(/^flamespan-[A-Za-z0-9][A-Za-z0-9._-]{0,63}-20260101T000000\.000Z-\d+-[0-9a-f]{8}-\d+\.otlp$/);
    expect(namesIn(dirname(directory))).toEqual([basename(directory)]);
    // Something that a person recognises.
    await exportOnce(exporter, profileOfMinute(1, 'shop/api v2'));
    expect(namesIn(directory).some((name) => name.startsWith('flamespan-shop_api_v2-20260101T000100'))).toBe(true);
  });
});

describe('maxFiles', () => {
  it('keeps the newest', async () => {
    const directory = temporaryDirectory();
    const exporter = createExporter({ directory, maxFiles: 6 });
    for (const minute of [0, 1, 11, 2]) expect(await exportOnce(exporter, profileOfMinute(minute))).toEqual(DELIVERED);
    const minutes = namesIn(directory).map((name) => /T00(\d\d)/.exec(name)?.[1]);
    expect(minutes).toEqual(['02', '02', '02', '11', '11', '11']);
  });

  it('orders exports of the same time by their number', async () => {
    const directory = temporaryDirectory();
    const exporter = createExporter({ directory, formats: ['otlp'], maxFiles: 2 });
    for (let i = 0; i < 11; i++) await exportOnce(exporter);
    expect(namesIn(directory).map((name) => /-(\d+)\.otlp$/.exec(name)?.[1])).toEqual(['10', '11']);
  });

  it('never deletes the files of the export itself', async () => {
    const directory = temporaryDirectory();
    const exporter = createExporter({ directory, maxFiles: 1 });
    for (const minute of [5, 0]) await exportOnce(exporter, profileOfMinute(minute));
    // The clock went back: what is older by its name is what was written last.
    expect(namesIn(directory).map((name) => /T00(\d\d)/.exec(name)?.[1])).toEqual(['00', '00', '00']);
  });

  it('never touches what is not ours', async () => {
    const directory = temporaryDirectory();
    const stem = 'flamespan-shop-20200101T000000.000Z-1-00000000-1';
    const others = [
      'a.txt', '.hidden.tmp', 'flamespan.otlp', 'flamespan-shop.otlp', 'my-flamespan-shop-20200101T000000.000Z-1-00000000-1.otlp', `${stem}.otlp.bak`,
      `${stem}-wall.pb`, `${stem}-cpu.pb.gz`, `.${stem}.otlp`, `${stem}.otlp.tmp`, `${stem.replace('00000000-1', '0000000-1')}.otlp`, `flamespan_two${stem.slice(9)}.otlp`,
    ];
    for (const name of others) writeFileSync(join(directory, name), 'mine');
    mkdirSync(join(directory, `${stem}.otlp`));
    symlinkSync(join(directory, 'a.txt'), join(directory, `${stem}-wall.pb.gz`));
    for (const name of others) utimesSync(join(directory, name), 0, 0);
    const exporter = createExporter({ directory, formats: ['otlp'], maxFiles: 1 });
    for (const minute of [0, 1, 2]) expect(await exportOnce(exporter, profileOfMinute(minute))).toEqual(DELIVERED);
    const left = namesIn(directory).filter((name) => !name.startsWith('flamespan-shop-2026'));
    expect(left).toEqual([...others, `${stem}.otlp`, `${stem}-wall.pb.gz`].toSorted());
    expect(namesIn(directory)).toHaveLength(left.length + 1);
  });

  it('counts for one prefix, of all processes', async () => {
    const directory = temporaryDirectory();
    await exportOnce(createExporter({ directory, formats: ['otlp'], fileNamePrefix: 'a' }));
    await exportOnce(createExporter({ directory, formats: ['otlp'], fileNamePrefix: 'a_b' }));
    await exportOnce(createExporter({ directory, formats: ['otlp'], fileNamePrefix: 'a', maxFiles: 1 }), profileOfMinute(1));
    expect(namesIn(directory).map((name) => name.slice(0, 32))).toEqual(['a-shop-20260101T000100.000Z-', 'a_b-shop-20260101T000000.000Z-'].map((text) => expect.stringContaining(text) as string));
  });
});

describe('temporary files', () => {
  it('that a killed process left are deleted after ten minutes, and not before', async () => {
    const directory = temporaryDirectory();
    const left = '.flamespan-shop-20200101T000000.000Z-1-00000000-1-wall.pb.gz.tmp';
    const fresh = left.replace('-1-wall', '-2-wall');
    for (const name of [left, fresh]) writeFileSync(join(directory, name), 'half');
    const elevenMinutesAgo = Date.now() / 1000 - 11 * 60;
    utimesSync(join(directory, left), elevenMinutesAgo, elevenMinutesAgo);
    await exportOnce(createExporter({ directory, formats: ['otlp'], maxFiles: 1 }));
    expect(namesIn(directory).filter((name) => name.startsWith('.'))).toEqual([fresh]);
  });
});
