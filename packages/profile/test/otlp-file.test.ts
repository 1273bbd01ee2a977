import { decodeOtlp, encodeOtlp, ProfileDecodeError, readOtlpFile, writeOtlpFile } from '@flamespan/profile';
import { dumpProfile, otlpProjection, profileFromStacks } from '@flamespan/profile/testing';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const profile = profileFromStacks('main;handler;sort 3 @list GET /users/:id');
const message = encodeOtlp(profile);
const anyMessages = fc.array(fc.uint8Array({ maxLength: 400 }), { maxLength: 4 });

/** As the Collector's file exporter writes it. */
function collectorFile(messages: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(messages.flatMap((each) => [each.length >>> 24, each.length >>> 16, each.length >>> 8, each.length].map((byte) => byte & 0xff).concat(...each)));
}

describe('an .otlp file', () => {
  it('has its messages back, whatever they are', () => {
    fc.assert(fc.property(anyMessages, (messages) => {
      expect(readOtlpFile(writeOtlpFile(messages)).map((frame) => [...frame])).toEqual(messages.map((each) => [...each]));
    }));
    const long = new Uint8Array(3_000_000).fill(7);
    expect(readOtlpFile(writeOtlpFile([long, long])).map(({ length }) => length)).toEqual([3_000_000, 3_000_000]);
  });

  it('begins as Jeffrey has it, with lengths as varints', () => {
    expect([...writeOtlpFile([new Uint8Array(300)])].slice(0, 10)).toEqual([...Buffer.from('OTLP'), 1, 0, 0, 0, 0xac, 0x02]);
  });

  it('holds profiles', () => {
    const [frame] = readOtlpFile(writeOtlpFile([message]));
    expect(decodeOtlp(frame as Uint8Array).profiles.map(dumpProfile)).toEqual([dumpProfile(otlpProjection(profile)!)]);
  });

  it('may be the Collector\'s, or one bare message', () => {
    fc.assert(fc.property(fc.array(fc.constant(message), { minLength: 1, maxLength: 3 }), (messages) => {
      expect(readOtlpFile(collectorFile(messages))).toEqual(messages);
    }));
    expect(readOtlpFile(message)).toEqual([message]);
    expect(readOtlpFile(new Uint8Array(0))).toEqual([]);
  });

  it('of too many messages is refused', () => {
    const messages = Array.from({ length: 100 }, () => new Uint8Array(0));
    for (const file of [writeOtlpFile(messages), collectorFile(messages)]) {
      expect(readOtlpFile(file, { maxElements: 800 })).toHaveLength(100);
      expect(() => readOtlpFile(file, { maxElements: 799 })).toThrow(/^ERR_TOO_LARGE: .*maxElements/);
    }
    // By default: a file within maxBytes whose views alone would fill the memory.
    const zeros = new Uint8Array(32 * 1024 * 1024);
    zeros.set(writeOtlpFile([]));
    expect(() => readOtlpFile(zeros)).toThrow(/^ERR_TOO_LARGE: .*maxElements/);
  });

  it('cut off, of another version or too long is refused', () => {
    const outcome = (bytes: Uint8Array, limits?: { maxBytes: number }): unknown => {
      try {
        return readOtlpFile(bytes, limits).length;
      } catch (error) {
        return error instanceof ProfileDecodeError ? error.code : error;
      }
    };
    for (const file of [writeOtlpFile([message, message]), collectorFile([message, message])]) {
      const header = file[0] === 0 ? 0 : 8;
      const perFrame = (file.length - header) / 2;
      const whole = [header, header + perFrame, file.length];
      for (let length = 5; length <= file.length; length++) {
        expect(outcome(file.subarray(0, length))).toBe(whole.includes(length) ? whole.indexOf(length) : 'ERR_TRUNCATED');
      }
    }
    expect(outcome(Uint8Array.of(...Buffer.from('OTLP'), 2, 0, 0, 0))).toBe('ERR_INVALID_WIRE');
    expect(outcome(Uint8Array.of(...Buffer.from('OTLP'), 1, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01))).toBe('ERR_INVALID_WIRE');
    expect(outcome(message, { maxBytes: 10 })).toBe('ERR_TOO_LARGE');
  });
});
