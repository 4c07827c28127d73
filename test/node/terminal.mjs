// Loaded before the command: its pipe passes for a terminal of the size that the environment says.
const [columns, rows] = process.env.TEST_TERMINAL.split('x').map(Number);
Object.assign(process.stdout, { isTTY: true, columns, rows });
