export { errorCodes } from '../errors/codes.ts';
export { engineSuite, type EngineSuiteOptions } from './engine-suite.ts';
export { ExpectationError, expectCode, expectEqual, expectThat, type TestFunction } from './expectation.ts';
export { pluginSuite, type PluginSuiteExamples, type PluginSuiteOptions } from './plugin-suite.ts';
export { storeSuite, type StoreSuiteOptions } from './store-suite.ts';
