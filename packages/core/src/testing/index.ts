export { ExpectationError, expectCode, expectEqual, expectThat, type TestFunction } from './expectation.ts';
export { storeSuite, type StoreSuiteOptions } from './store-suite.ts';
