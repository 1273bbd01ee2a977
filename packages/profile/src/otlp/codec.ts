import type { Profile } from '../profile.ts';
import { runAtOnce } from '../sliced-work.ts';
import type { SlicedWork } from '../sliced-work.ts';
import type { DecodeLimits } from './decode-limits.ts';
import type { OtlpEncodeOptions } from './encode-options.ts';
import { profilesDataSource } from './from-profile.ts';
import { encodeProfilesDataJson } from './json-writer.ts';
import { profilesDataSchema } from './profiles-schema.ts';
import { profilesFromProfilesData } from './to-profiles.ts';
import type { DecodedProfiles } from './to-profiles.ts';
import { readProfilesData } from './wire-reader.ts';
import { encodeMessage } from './wire-writer.ts';

/**
 * The protobuf body of an OTLP export request with these profiles.
 *
 * @experimental OTLP profiles are `v1development`.
 */
export function encodeOtlp(profiles: Profile | readonly Profile[], options?: OtlpEncodeOptions): Uint8Array {
  return runAtOnce(encodeOtlpInSlices(profiles, options));
}

/**
 * {@link encodeOtlp} as work that can be interrupted.
 *
 * @experimental OTLP profiles are `v1development`.
 */
export function* encodeOtlpInSlices(profiles: Profile | readonly Profile[], options?: OtlpEncodeOptions): SlicedWork<Uint8Array> {
  return yield* encodeMessage(profilesDataSchema, profilesDataSource(profiles, options));
}

/**
 * The OTLP/JSON body, in UTF-8, of an export request with these profiles, as work that can be interrupted.
 *
 * @experimental OTLP profiles are `v1development`.
 */
export function* encodeOtlpJsonInSlices(profiles: Profile | readonly Profile[], options?: OtlpEncodeOptions): SlicedWork<Uint8Array> {
  return yield* encodeProfilesDataJson(profilesDataSource(profiles, options));
}

/**
 * The profiles in the protobuf body of an OTLP export request.
 *
 * @throws {@link ProfileDecodeError} if the bytes are not a valid message, or exceed a limit.
 * @experimental OTLP profiles are `v1development`.
 */
export function decodeOtlp(bytes: Uint8Array, limits?: DecodeLimits): DecodedProfiles {
  return profilesFromProfilesData(readProfilesData(bytes, limits), limits);
}
