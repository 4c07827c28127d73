/** Hands a file to the user, as a download. */
export function download(file: File): void {
  const url = URL.createObjectURL(file);
  const link = document.createElement('a');
  link.href = url;
  link.download = file.name;
  link.click();
  // A browser may begin to read it after this.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
