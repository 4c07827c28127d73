/** A log of so many requests, of which every hundredth failed. */
export function logOf(requests: number, path = '/'): string {
  return Array.from({ length: requests }, (_, index) => {
    const second = String(index % 60).padStart(2, '0');
    const status = index % 100 === 99 ? 503 : 200;
    return `192.0.2.${index % 256} - - [10/Oct/2000:13:55:${second} -0700] "GET ${path}${index} HTTP/1.1" ${status} ${index}\n`;
  }).join('');
}
