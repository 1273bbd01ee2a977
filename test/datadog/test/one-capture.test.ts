import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DatadogProfileExporter } from '@flamespan/exporter-datadog';
import { decodeOtlp, encodeOtlp } from '@flamespan/profile';
import type { ExportResult, Profile } from '@flamespan/profile';
import { readUpload } from '../../../packages/exporter-datadog/test/support/uploads.ts';
import { anyProfile } from '../../../packages/profile/test/support/profile-arbitrary.ts';
import { startCaptureServer } from '../src/capture-server.ts';
import { sumsOfDatadog, sumsOfProfiles } from '../src/sums.ts';

const LEAST_COMPARED = 20;
const MOST_ROUNDS = 10;

const isId = (id: string, length: number): boolean => new RegExp(`^(?!0+$)[0-9a-f]{${length}}$`).test(id);

/** OTLP knows spans by trace and span, Datadog by span alone; and where a span's link is its local root, OTLP names no other. */
function hasComparableSpans({ spans, linkScope }: Profile): boolean {
  const ids = spans.spanId.filter((id) => id !== '');
  return (
    linkScope === 'span' &&
    new Set(ids).size === ids.length &&
    spans.spanId.every((id, row) => spans.sampled[row] === 0 || (isId(id, 16) && isId(spans.traceId[row] ?? '', 32)))
  );
}

describe('one capture', () => {
  it('has the same CPU and wall time of each span and endpoint in OTLP and at Datadog, whatever it is', async () => {
    const server = await startCaptureServer();
    const exporter = new DatadogProfileExporter({ agentUrl: server.url, compression: 'none' });
    let compared = 0;
    const compareMany = (): Promise<void> =>
      fc.assert(
        fc.asyncProperty(anyProfile.filter(hasComparableSpans), async (profile) => {
          const before = server.uploads.length;
          expect(await new Promise<ExportResult>((resolve) => {
            exporter.export(profile, resolve);
          })).toMatchObject({ code: 0 });
          const atDatadog = sumsOfDatadog(await Promise.all(server.uploads.slice(before).map(readUpload)));
          const inOtlp = sumsOfProfiles(decodeOtlp(encodeOtlp(profile)).profiles);
          expect(atDatadog).toEqual(inOtlp);
          compared += atDatadog.bySpan.size;
        }),
        { numRuns: 200 },
      );
    try {
      // Few of the profiles have spans that are comparable.
      for (let round = 0; round < MOST_ROUNDS; round++) {
        await compareMany();
        if (compared > LEAST_COMPARED) break;
      }
    } finally {
      await exporter.shutdown();
      await server.close();
    }
    expect(compared).toBeGreaterThan(LEAST_COMPARED);
  });
});
