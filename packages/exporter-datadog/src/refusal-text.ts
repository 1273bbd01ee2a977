import type { HttpResponse } from '@flamespan/otlp-exporter-base/http';

/** No more of a body is looked at: a longer message is not one to be read. */
const LONGEST_BODY_BYTES = 16_384;

/** The server's words in the body of a refusal: Datadog's JSON, or text. `''` = none. Not yet fit for a log. */
export function refusalText({ headers, body }: HttpResponse): string {
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') return '';
  const text = Buffer.from(body.subarray(0, LONGEST_BODY_BYTES)).toString();
  return errorsOf(text) ?? text.replaceAll(/<[^<>]*>/g, ' ');
}

/** `{"errors": ["…"]}`, where an error may also be `{"title": "…", "detail": "…"}`, or `{"message": "…"}`. */
function errorsOf(text: string): string | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isRecord(value)) return undefined;
  const errors = Array.isArray(value['errors']) ? (value['errors'] as readonly unknown[]) : [value['error'], value['message']];
  const words = errors.map((error) => (isRecord(error) ? [error['title'], error['detail']].filter(isString).join(': ') : error)).filter(isString);
  return words.length === 0 ? undefined : words.join('; ');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isString(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
