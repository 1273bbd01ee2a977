import { createProfileBuilder, decodeOtlp, encodeOtlp, readProfilesData, writeProfilesData } from '@flamespan/profile';
import type { OtlpProfile, ProfilesData } from '@flamespan/profile';
import { profileFromStacks } from '@flamespan/profile/testing';
import protobuf from 'protobufjs/minimal.js';
import { afterEach, describe, expect, it } from 'vitest';
import { oracleRead } from './support/oracle.ts';

const UNSIGNED = [0n, 1n, 127n, 128n, 2n ** 32n - 1n, 2n ** 32n, 2n ** 53n, 2n ** 53n + 1n, 2n ** 63n - 1n, 2n ** 63n, 2n ** 64n - 1n];
const SIGNED = [0n, 1n, -1n, 2n ** 31n, -(2n ** 31n) - 1n, 2n ** 53n + 1n, -(2n ** 53n) - 1n, 2n ** 63n - 1n, -(2n ** 63n)];

function dataWith(profile: Partial<OtlpProfile>): ProfilesData {
  const complete: OtlpProfile = {
    samples: [], timeUnixNano: 0n, durationNano: 0n, period: 0n, profileId: new Uint8Array(0), droppedAttributesCount: 0,
    originalPayloadFormat: '', originalPayload: new Uint8Array(0), attributeIndices: [], ...profile,
  };
  return { resourceProfiles: [{ scopeProfiles: [{ profiles: [complete], schemaUrl: '' }], schemaUrl: '' }] };
}

const CASES: readonly ProfilesData[] = [
  ...UNSIGNED.map((value) => dataWith({ timeUnixNano: value, durationNano: value })),
  ...SIGNED.map((value) => dataWith({ period: value })),
  dataWith({ samples: [{ stackIndex: -1, linkIndex: -(2 ** 31), attributeIndices: [-1, 2 ** 31 - 1], values: SIGNED, timestampsUnixNano: UNSIGNED }] }),
];

describe.for(['long', 'no long'])('64-bit integers, where protobufjs has %s', (long) => {
  const { Long } = protobuf.util;
  afterEach(() => {
    setLong(Long);
  });

  it('are exact', () => {
    if (long === 'no long') setLong(null);
    for (const data of CASES) {
      const bytes = writeProfilesData(data);
      expect(readProfilesData(bytes)).toEqual(data);
      expect(oracleRead(bytes)).toEqual(data);
    }
  });
});

/** As protobufjs is in a bundle without its `long` dependency. */
function setLong(constructor: typeof protobuf.util.Long | null): void {
  (protobuf.util as { Long: unknown }).Long = constructor;
  protobuf.configure();
}

describe('64-bit integers of a Profile', () => {
  it('are exact through the whole codec', () => {
    const builder = createProfileBuilder();
    builder.addSample(0, 0, 2n ** 64n - 2n, 2n ** 63n - 1n, 2n ** 53n + 1n);
    builder.addHeapSample(0, -(2n ** 63n), 2n ** 63n - 1n, 2n ** 53n + 1n, 2n ** 63n - 2n);
    const header = profileFromStacks('');
    const profile = builder.build({
      ...header, startTimeUnixNano: 2n ** 64n - 3n, durationNanos: 2n, samplingIntervalNanos: 2n ** 53n + 1n, heapIntervalBytes: 2n ** 63n - 1n,
    });
    const [decoded] = decodeOtlp(encodeOtlp(profile)).profiles;
    expect(decoded).toMatchObject({
      startTimeUnixNano: 2n ** 64n - 3n,
      durationNanos: 2n,
      samplingIntervalNanos: 2n ** 53n + 1n,
      heapIntervalBytes: 2n ** 63n - 1n,
      samples: {
        timeUnixNano: BigUint64Array.of(2n ** 64n - 2n),
        wallNanos: BigInt64Array.of(2n ** 63n - 1n),
        cpuNanos: BigInt64Array.of(2n ** 53n + 1n),
      },
      heapSamples: {
        objects: BigInt64Array.of(-(2n ** 63n)), bytes: BigInt64Array.of(2n ** 63n - 1n),
        allocatedObjects: BigInt64Array.of(2n ** 53n + 1n), allocatedBytes: BigInt64Array.of(2n ** 63n - 2n),
      },
    });
  });
});
