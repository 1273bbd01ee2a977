import { encodePprof, readPprof, writePprof } from '@flamespan/profile';
import type { PprofProfile } from '@flamespan/profile';
import * as fc from 'fast-check';
import { Profile as PprofFormatProfile } from 'pprof-format';
import { describe, expect, it } from 'vitest';
import { asForeignBytes } from './support/foreign-bytes.ts';
import { messageArbitrary } from './support/message-arbitrary.ts';
import { oracleReadMessage, oracleWriteMessage, withoutUnknownFields } from './support/oracle.ts';
import { pprofDescriptor } from './support/pprof-descriptors.ts';
import { anyProfile } from './support/profile-arbitrary.ts';

const anyPprof = messageArbitrary(pprofDescriptor) as fc.Arbitrary<PprofProfile>;

describe('the pprof message codec and @bufbuild/protobuf', () => {
  it('read the same from what we write', () => {
    fc.assert(
      fc.property(anyPprof, (message) => {
        expect(oracleReadMessage(pprofDescriptor, writePprof(message))).toEqual(message);
      }),
    );
  });

  it('read the same from what the other writes', () => {
    fc.assert(
      fc.property(anyPprof, (message) => {
        expect(readPprof(oracleWriteMessage(pprofDescriptor, message))).toEqual(message);
      }),
    );
  });

  it('read the same from bytes laid out in other ways, of which no field is lost', () => {
    fc.assert(
      fc.property(anyPprof, fc.gen(), (message, gen) => {
        const foreign = asForeignBytes(oracleWriteMessage(pprofDescriptor, message), (below) => gen(fc.nat, { max: below - 1 }), pprofDescriptor);
        const decoded = readPprof(foreign);
        expect(withoutUnknownFields(decoded)).toEqual(withoutUnknownFields(oracleReadMessage(pprofDescriptor, foreign)));
        expect(oracleReadMessage(pprofDescriptor, writePprof(decoded))).toEqual(oracleReadMessage(pprofDescriptor, foreign));
      }),
      { numRuns: 300 },
    );
  });

  it('read the same from a profile that is encoded, as does pprof-format', () => {
    fc.assert(
      fc.property(anyProfile, fc.constantFrom('timed' as const, 'heap' as const), (profile, part) => {
        const bytes = encodePprof(profile, { part, sampleCounts: true });
        fc.pre(bytes !== undefined);
        expect(oracleReadMessage(pprofDescriptor, bytes)).toEqual(readPprof(bytes));
        expect(readPprof(PprofFormatProfile.decode(bytes).encode())).toEqual(readPprof(bytes));
      }),
    );
  });

  it('keep an empty period type, which Go writes and pprof-format 2.3.2 cuts off', () => {
    const written = writePprof({ ...readPprof(new Uint8Array(0)), periodType: { type: 0n, unit: 0n }, period: 5n, docUrl: 1n, stringTable: ['', 'doc'] });
    expect(readPprof(written)).toMatchObject({ periodType: { type: 0n, unit: 0n }, docUrl: 1n });
    // A reason that messages are not written with it. If this fails, it has been repaired.
    expect(readPprof(PprofFormatProfile.decode(written).encode()).docUrl).toBe(0n);
  });
});
