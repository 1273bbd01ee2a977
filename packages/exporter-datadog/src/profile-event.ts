import type { Profile } from '@flamespan/profile';
import type { Attachment } from './attachments.ts';
import type { DatadogConfiguration } from './configuration.ts';
import { runtimeInfo } from './runtime-info.ts';
import { customAttributes } from './sample-labels.ts';
import { formatTags, profilerTags } from './tags.ts';

export interface ProfileEvent {
  readonly profile: Profile;
  readonly attachments: readonly Attachment[];
  /** Counts the profiles of this exporter from 0, so that a gap shows that one is missing. */
  readonly sequence: number;
  /** Finished local roots by endpoint. */
  readonly endpointCalls: ReadonlyMap<string, number>;
}

/** `event.json`, version 4 of Datadog's description of a profile. */
export function encodeProfileEvent({ profile, attachments, sequence, endpointCalls }: ProfileEvent, { identity, compression }: DatadogConfiguration): Uint8Array {
  const tags = profilerTags(profile, identity);
  tags.set('profile_seq', String(sequence));
  const attributes = customAttributes(profile);
  const { startTimeUnixNano, durationNanos } = profile;
  return Buffer.from(
    JSON.stringify({
      attachments: attachments.map(({ filename }) => filename),
      start: isoTime(startTimeUnixNano),
      end: isoTime(startTimeUnixNano + durationNanos),
      family: 'node',
      version: '4',
      tags_profiler: formatTags(tags),
      endpoint_counts: Object.fromEntries(endpointCalls),
      info: runtimeInfo(profile, tags, compression),
      ...(attributes.length === 0 ? {} : { custom_attributes: attributes }),
    }),
  );
}

function isoTime(unixNano: bigint): string {
  return new Date(Number(unixNano / 1_000_000n)).toISOString();
}
