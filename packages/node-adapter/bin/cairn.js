#!/usr/bin/env node
// A file of its own, since npm links commands when it installs, and the build comes later.
import '../dist/cli/main.js';
