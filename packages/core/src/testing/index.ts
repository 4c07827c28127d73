export type { ConnectorHost } from './connector-host.ts';
export { errorCodes } from '../errors/codes.ts';
export { engineSuite, type EngineSuiteOptions } from './engine-suite.ts';
export { ExpectationError, expectCode, expectEqual, expectThat, type TestFunction } from './expectation.ts';
export { pluginSuite, type PluginSuiteExamples, type PluginSuiteOptions } from './plugin-suite.ts';
export { sinkSuite, type SinkSuiteOptions, type SinkSupport } from './sink-suite.ts';
export type { SinkSubject } from './sink-world.ts';
export { sourceSuite, type SourceSubject, type SourceSuiteOptions } from './source-suite.ts';
export { storeSuite, type StoreSuiteOptions } from './store-suite.ts';
