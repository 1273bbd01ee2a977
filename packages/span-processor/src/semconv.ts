/**
 * Attribute names of OpenTelemetry's semantic conventions that are read here: the stable ones, and the older ones that
 * instrumentations still send.
 */
export const ATTR_HTTP_REQUEST_METHOD = 'http.request.method';
export const ATTR_HTTP_METHOD = 'http.method';
export const ATTR_HTTP_ROUTE = 'http.route';
export const ATTR_URL_PATH = 'url.path';
export const ATTR_HTTP_TARGET = 'http.target';
export const ATTR_RPC_SERVICE = 'rpc.service';
export const ATTR_RPC_METHOD = 'rpc.method';
export const ATTR_MESSAGING_OPERATION_NAME = 'messaging.operation.name';
export const ATTR_MESSAGING_OPERATION_TYPE = 'messaging.operation.type';
export const ATTR_MESSAGING_OPERATION = 'messaging.operation';
export const ATTR_MESSAGING_DESTINATION_TEMPLATE = 'messaging.destination.template';

/** Grafana's contract for "traces to profiles": the span whose id the profile's samples carry. */
export const ATTR_PYROSCOPE_PROFILE_ID = 'pyroscope.profile.id';
