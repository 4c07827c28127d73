// Ends the output of vitest with one line that programs can read: `N passed, N failed, N skipped`.
export default class CountReporter {
  onTestRunEnd(modules, unhandledErrors) {
    const count = { passed: 0, failed: unhandledErrors.length, skipped: 0 };
    for (const module of modules) {
      if (module.errors().length > 0) count.failed += 1;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state === 'passed') count.passed += 1;
        else if (state === 'failed') count.failed += 1;
        else count.skipped += 1;
      }
    }
    this.line = `${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`;
  }

  // The summary of the default reporter comes after onTestRunEnd; this line must be the last one.
  onInit() {
    process.once('exit', () => {
      if (this.line) process.stdout.write(`${this.line}\n`);
    });
  }
}
