import { readProfilesData, writeProfilesData } from '@flamespan/profile';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asForeignBytes } from './support/foreign-bytes.ts';
import { anyProfilesData } from './support/message-arbitrary.ts';
import { oracleRead, oracleWrite, withoutUnknownFields } from './support/oracle.ts';

describe('the message codec and @bufbuild/protobuf', () => {
  it('read the same from what we write', () => {
    fc.assert(
      fc.property(anyProfilesData, (data) => {
        expect(oracleRead(writeProfilesData(data))).toEqual(data);
      }),
    );
  });

  it('read the same from what the other writes', () => {
    fc.assert(
      fc.property(anyProfilesData, (data) => {
        expect(readProfilesData(oracleWrite(data))).toEqual(data);
      }),
    );
  });

  it('read the same from bytes laid out in other ways', () => {
    fc.assert(
      fc.property(anyProfilesData, fc.gen(), (data, gen) => {
        const bytes = asForeignBytes(oracleWrite(data), (below) => gen(fc.nat, { max: below - 1 }));
        const decoded = readProfilesData(bytes);
        expect(withoutUnknownFields(decoded)).toEqual(withoutUnknownFields(oracleRead(bytes)));
        // Unknown fields included.
        expect(oracleRead(writeProfilesData(decoded))).toEqual(oracleRead(bytes));
      }),
      { numRuns: 300 },
    );
  });
});
