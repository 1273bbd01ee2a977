/** Version of this package, as Datadog is told. A test holds it equal to package.json. */
export const VERSION: string = '0.1.0';
