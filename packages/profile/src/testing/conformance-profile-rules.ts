import type { OtlpProfile, OtlpSample, ProfilesData } from '../otlp/messages.ts';
import type { ConformanceRules } from './conformance-rule.ts';

const PAYLOAD_FORMATS = ['pprof', 'jfr', 'linux_perf'];

/** Rules about what refers to the dictionary. */
export const profileRules: ConformanceRules = {
  'structure-complete': ({ resourceProfiles }, report) => {
    if (resourceProfiles.length === 0) report('no resource_profiles');
    for (const { scopeProfiles } of resourceProfiles) {
      if (scopeProfiles.length === 0) report('a ResourceProfiles without scope_profiles');
      for (const { profiles } of scopeProfiles) if (profiles.length === 0) report('a ScopeProfiles without profiles');
    }
  },
  'sample-type-set': (data, report) => {
    for (const { sampleType } of profilesOf(data)) {
      if (!sampleType?.typeStrindex || !sampleType.unitStrindex) report('a Profile without a sample type');
    }
  },
  'period-set': (data, report) => {
    for (const { period, periodType } of profilesOf(data)) {
      if (period <= 0n) report(`period ${period}`);
      if (!periodType?.typeStrindex || !periodType.unitStrindex) report('a Profile without a period type');
    }
  },
  'window-set': (data, report) => {
    for (const { timeUnixNano, durationNano } of profilesOf(data)) {
      if (timeUnixNano === 0n || durationNano === 0n) report(`window ${timeUnixNano} + ${durationNano}`);
    }
  },
  // time_unix_nano is the START of the window.
  'timestamp-in-window': (data, report) => {
    for (const { timeUnixNano, durationNano, samples } of profilesOf(data)) {
      for (const time of samples.flatMap(({ timestampsUnixNano }) => timestampsUnixNano)) {
        if (time < timeUnixNano || time >= timeUnixNano + durationNano) {
          report(`${time} is not in [${timeUnixNano}, ${timeUnixNano + durationNano})`);
        }
      }
    }
  },
  'sample-not-empty': (data, report) => {
    for (const sample of samplesOf(data)) if (shapeOf(sample) === 'empty') report('a Sample without value and timestamp');
  },
  'sample-parallel': (data, report) => {
    for (const sample of samplesOf(data)) {
      const { values, timestampsUnixNano } = sample;
      if (shapeOf(sample) === 'both' && values.length !== timestampsUnixNano.length) {
        report(`${values.length} values, ${timestampsUnixNano.length} timestamps`);
      }
    }
  },
  // OTLP allows longer parallel arrays, but Pyroscope refuses the whole request for them.
  'sample-single': (data, report) => {
    for (const { values, timestampsUnixNano } of samplesOf(data)) {
      if (values.length > 1 || timestampsUnixNano.length > 1) {
        report(`a Sample with ${values.length} values and ${timestampsUnixNano.length} timestamps`);
      }
    }
  },
  'sample-shape-uniform': (data, report) => {
    for (const { samples } of profilesOf(data)) {
      const shapes = new Set(samples.map(shapeOf));
      if (shapes.size > 1) report(`a Profile with samples of the shapes ${[...shapes].join(', ')}`);
    }
  },
  // Samples with times of their own are kept apart, since merged ones would be longer arrays.
  'aggregates-merged': (data, report) => {
    for (const { samples } of profilesOf(data)) {
      const seen = new Set<string>();
      for (const sample of samples.filter((candidate) => shapeOf(candidate) === 'values')) {
        const { stackIndex, linkIndex, attributeIndices } = sample;
        const identity = JSON.stringify([stackIndex, linkIndex, attributeIndices.toSorted((a, b) => a - b)]);
        if (seen.has(identity)) report(`two Samples of stack, link and attributes ${identity}`);
        seen.add(identity);
      }
    }
  },
  'profile-id': (data, report) => {
    for (const { profileId } of profilesOf(data)) {
      if (profileId.length === 0) continue;
      if (profileId.length !== 16 || profileId.every((byte) => byte === 0)) report(`profile_id ${profileId.join(' ')}`);
    }
  },
  'original-payload': (data, report) => {
    for (const { originalPayload, originalPayloadFormat: format } of profilesOf(data)) {
      if (originalPayload.length > 0 !== (format !== '')) report('original_payload without its format, or the reverse');
      if (format !== '' && !PAYLOAD_FORMATS.includes(format)) report(`original_payload_format ${format}`);
    }
  },
};

function profilesOf({ resourceProfiles }: ProfilesData): readonly OtlpProfile[] {
  return resourceProfiles.flatMap(({ scopeProfiles }) => scopeProfiles.flatMap(({ profiles }) => profiles));
}

function samplesOf(data: ProfilesData): readonly OtlpSample[] {
  return profilesOf(data).flatMap(({ samples }) => samples);
}

function shapeOf({ values, timestampsUnixNano }: OtlpSample): 'empty' | 'values' | 'timestamps' | 'both' {
  if (values.length === 0) return timestampsUnixNano.length === 0 ? 'empty' : 'timestamps';
  return timestampsUnixNano.length === 0 ? 'values' : 'both';
}
