import type { JSX } from 'preact';
import type { Attribute, SpanAnswer } from '../../../../src/api/answers.ts';
import { countOf, formatDuration } from '../../format/units.ts';
import './span-facts.css';

/** What the span itself says. */
export function SpanFacts({ answer, traceStart }: { readonly answer: SpanAnswer; readonly traceStart: number }): JSX.Element {
  const { span, attributes, resource, events, scope } = answer;
  return (
    <div class="span-facts">
      <details open>
        <summary>{countOf(attributes.length, 'attribute')}</summary>
        <AttributeList attributes={attributes} />
      </details>
      {events.length > 0 && (
        <details open>
          <summary>{countOf(events.length, 'event')}</summary>
          <ol class="span-events">
            {events.map((event, i) => (
              <li key={i}>
                <strong>{event.name}</strong> <span class="muted">at {formatDuration((event.moment - traceStart) * 1e6 - span.startNanos)}</span>
                <AttributeList attributes={event.attributes} />
              </li>
            ))}
          </ol>
        </details>
      )}
      <details>
        <summary>Resource of {span.service}</summary>
        <AttributeList attributes={resource} />
      </details>
      <details>
        <summary>Ids</summary>
        <AttributeList attributes={[{ key: 'span id', value: span.spanId }, { key: 'parent span id', value: span.parentSpanId }, { key: 'kind', value: span.kind }, { key: 'scope', value: scope }]} />
      </details>
    </div>
  );
}

function AttributeList({ attributes }: { readonly attributes: readonly Attribute[] }): JSX.Element | null {
  if (attributes.length === 0) return null;
  return (
    <dl class="attributes">
      {attributes.map(({ key, value }) => (
        <div key={key}>
          <dt>{key}</dt>
          <dd>{value === '' ? '–' : value}</dd>
        </div>
      ))}
    </dl>
  );
}
