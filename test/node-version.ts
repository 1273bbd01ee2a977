/** Fails early where the scripts did not get the pinned Node, instead of with odd errors later. */
export default function checkNodeVersion(): void {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < 22 || (major === 22 && minor < 15)) {
    throw new Error(`The tests need Node >= 22.15, this is ${process.version}. Run them through \`npx -y pnpm@12.21.0 test\`, which brings its own Node.`);
  }
  console.log(`Node ${process.version}, ${process.platform} ${process.arch}`);
}
