import type { Profile } from '../profile.ts';
import type { DecodeLimits } from './decode-limits.ts';
import type { OtlpEncodeOptions } from './encode-options.ts';
import { profilesDataFromProfile } from './from-profile.ts';
import { profilesFromProfilesData } from './to-profiles.ts';
import type { DecodedProfiles } from './to-profiles.ts';
import { readProfilesData } from './wire-reader.ts';
import { writeProfilesData } from './wire-writer.ts';

/**
 * The protobuf body of an OTLP export request with these profiles.
 *
 * @experimental OTLP profiles are `v1development`.
 */
export function encodeOtlp(profiles: Profile | readonly Profile[], options?: OtlpEncodeOptions): Uint8Array {
  return writeProfilesData(profilesDataFromProfile(profiles, options));
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
