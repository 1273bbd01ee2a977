/** Time of this thread so far, user and system, microseconds; undefined before Node.js 22.19. */
const cpuMicros = (): number | undefined => {
  const usage = (process as Partial<Pick<NodeJS.Process, 'threadCpuUsage'>>).threadCpuUsage?.();
  return usage && usage.user + usage.system;
};

/** What is to be measured begins now. The function says in a `Server-Timing` header how long it took, and how much of that on the CPU. */
export function startTiming(): () => string {
  const start = performance.now();
  const cpuStart = cpuMicros();
  return () => {
    const cpuEnd = cpuMicros();
    return `answer;dur=${(performance.now() - start).toFixed(1)}${cpuStart === undefined || cpuEnd === undefined ? '' : `, cpu;dur=${((cpuEnd - cpuStart) / 1000).toFixed(1)}`}`;
  };
}
