/** Loaded before the application, after `dd-trace/initialize.mjs`. */
import tracer from 'dd-trace';
import { installTracing } from './tracing.ts';

tracer.profiling.setCustomLabelKeys(['tenant']);
installTracing({
  inSpan: (name, work) => tracer.trace(name, work),
  withLabels: (labels, work) => tracer.profiling.runWithLabels({ ...labels }, work),
  drop: () => tracer.scope().active()?.setTag('manual.drop', true),
  stop: () => Promise.resolve(),
});
