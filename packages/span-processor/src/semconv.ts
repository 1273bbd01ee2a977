/**
 * Attribute names of OpenTelemetry's semantic conventions that name an endpoint, stable ones first and the older
 * names that instrumentations still send after them.
 */
export const ATTR_HTTP_REQUEST_METHOD = 'http.request.method';
export const ATTR_HTTP_METHOD = 'http.method';
export const ATTR_HTTP_ROUTE = 'http.route';
export const ATTR_RPC_SERVICE = 'rpc.service';
export const ATTR_RPC_METHOD = 'rpc.method';
