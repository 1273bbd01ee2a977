/** Grafana's contract for "traces to profiles": the span whose id the profile's samples carry. */
export const ATTR_PYROSCOPE_PROFILE_ID = 'pyroscope.profile.id';
