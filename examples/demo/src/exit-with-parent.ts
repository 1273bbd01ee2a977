/** Loaded into the demo's child processes: whatever becomes of the demo, even SIGKILL, none of them outlives it. */
process.once('disconnect', () => process.exit(1));
process.channel?.unref();
