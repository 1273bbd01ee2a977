import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { EndpointsAnswer } from '../../../../src/api/answers.ts';
import { useShownRevision } from '../../api/use-shown-revision.ts';
import { useAnswer } from '../../api/use-answer.ts';
import { Button, SegmentedControl } from '../../design/controls.tsx';
import { MomentField } from '../../design/moment-field.tsx';
import { changeQuery } from '../../router/address.ts';
import { Choice } from '../samples/choice.tsx';
import type { DiffAddress, Range, SideName } from './diff-address.ts';
import { presets, timesChange } from './diff-address.ts';
import { TimeStrip } from './time-strip.tsx';

export interface SideChoiceProps {
  readonly chosen: DiffAddress;
  /** Known ones, of a chosen service in the order in which they were first seen. */
  readonly versions: readonly string[];
}

const SIDE_WORDS: Readonly<Record<SideName, string>> = { base: 'Before', other: 'After' };

export function VersionChoice({ chosen, versions }: SideChoiceProps): JSX.Element {
  return (
    <div class="view-tools">
      {(['base', 'other'] as const).map((side) => (
        <Choice key={side} label={`${SIDE_WORDS[side]}: version`} all="Choose a version" values={versions} value={chosen.versions[side] ?? ''} onChange={(version) => changeQuery({ [`${side}.version`]: version, zoom: null })} />
      ))}
      <Button onClick={() => changeQuery({ 'base.version': chosen.versions.other, 'other.version': chosen.versions.base })}>Swap sides</Button>
    </div>
  );
}

export function TimeChoice({ chosen, held }: { readonly chosen: DiffAddress; readonly held: Range }): JSX.Element {
  const { service, endpoint, times } = chosen;
  const [side, setSide] = useState<SideName>('base');
  const { answer } = useAnswer('endpoints', { service: service || undefined }, useShownRevision());
  const strip = answer === undefined ? null : stripOf(answer, endpoint);
  const choose = (changed: Partial<Record<SideName, Range>>): void => changeQuery({ ...timesChange(changed), zoom: null });
  return (
    <div class="time-choice">
      <div class="view-tools">
        {presets(held).map((preset) => (
          <Button key={preset.label} aria-pressed={isSame(preset.base, times.base) && isSame(preset.other, times.other)} onClick={() => choose(preset)}>{preset.label}</Button>
        ))}
        <Button onClick={() => times.base !== null && times.other !== null && choose({ base: times.other, other: times.base })}>Swap sides</Button>
      </div>
      {strip !== null && (
        <>
          <TimeStrip {...strip} times={times} side={side} onRange={(name, range) => {
            choose({ [name]: range });
            setSide(name === 'base' ? 'other' : 'base');
          }} />
          <SegmentedControl label="Dragging chooses" value={side} onChange={setSide} segments={[{ value: 'base', label: 'Drag chooses Before' }, { value: 'other', label: 'Drag chooses After' }]} />
        </>
      )}
      <div class="time-sides">
        {(['base', 'other'] as const).map((name) => {
          const range = times[name] ?? held;
          const set = (changed: Partial<Range>): void => {
            const next = { ...range, ...changed };
            if (next.from < next.to) choose({ [name]: next });
          };
          return (
            <fieldset key={name} class={`time-side time-side-${name}`}>
              <legend>{SIDE_WORDS[name]}</legend>
              <MomentField label="From" value={times[name]?.from} onMoment={(from) => from !== null && set({ from })} />
              <MomentField label="To" value={times[name]?.to} onMoment={(to) => to !== null && set({ to })} />
            </fieldset>
          );
        })}
      </div>
    </div>
  );
}

function stripOf({ endpoints, trendStartMoment, trendBucketNanos }: EndpointsAnswer, chosen: readonly string[]): { held: Range; values: number[] } | null {
  const trends = endpoints.filter(({ endpoint }) => chosen.length === 0 || chosen.includes(endpoint)).map(({ cpuTrend }) => cpuTrend);
  const count = Math.max(0, ...trends.map(({ length }) => length));
  if (trendStartMoment === null || count === 0) return null;
  const values = Array.from({ length: count }, (_, i) => trends.reduce((sum, trend) => sum + (trend[i] ?? 0), 0));
  return { held: { from: trendStartMoment, to: trendStartMoment + (count * trendBucketNanos) / 1e6 }, values };
}

function isSame(one: Range, other: Range | null): boolean {
  return other !== null && Math.abs(one.from - other.from) < 1_000 && Math.abs(one.to - other.to) < 1_000;
}
