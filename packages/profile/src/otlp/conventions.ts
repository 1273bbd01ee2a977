import type { ProfileType } from '../profile.ts';

/** A sample type of ours on the wire: what one OTLP Profile holds. */
export interface WireType {
  readonly profileType: ProfileType;
  readonly type: string;
  readonly unit: string;
  readonly periodType: string;
  readonly periodUnit: string;
}

/**
 * The names of Pyroscope's own Node.js client. A window becomes one OTLP Profile for each of these, in this order.
 */
export const WALL: WireType = {
  profileType: 'wall', type: 'wall', unit: 'nanoseconds', periodType: 'wall', periodUnit: 'nanoseconds',
};
export const CPU: WireType = {
  profileType: 'cpu', type: 'cpu', unit: 'nanoseconds', periodType: 'wall', periodUnit: 'nanoseconds',
};
export const INUSE_OBJECTS: WireType = {
  profileType: 'heap', type: 'inuse_objects', unit: 'count', periodType: 'space', periodUnit: 'bytes',
};
export const INUSE_SPACE: WireType = {
  profileType: 'heap', type: 'inuse_space', unit: 'bytes', periodType: 'space', periodUnit: 'bytes',
};
export const ALLOC_OBJECTS: WireType = {
  profileType: 'heap', type: 'alloc_objects', unit: 'count', periodType: 'space', periodUnit: 'bytes',
};
export const ALLOC_SPACE: WireType = {
  profileType: 'heap', type: 'alloc_space', unit: 'bytes', periodType: 'space', periodUnit: 'bytes',
};
export const WIRE_TYPES: readonly WireType[] = [WALL, CPU, INUSE_OBJECTS, INUSE_SPACE, ALLOC_OBJECTS, ALLOC_SPACE];

/** Sample attribute: the endpoint, whether or not the sample has a Link. */
export const ATTR_ENDPOINT = 'endpoint';
/** Attributes of the OTLP Profile. Backends do not make series of these, as they do of sample attributes. */
export const ATTR_THREAD_ID = 'thread.id';
export const ATTR_THREAD_NAME = 'thread.name';
export const ATTR_ENDPOINT_CALLS = 'flamespan.endpoint.calls';
/** Location attribute of the semantic conventions. */
export const ATTR_FRAME_TYPE = 'profile.frame.type';
