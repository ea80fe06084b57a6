// Owns addresses as numbers: telling what a text is, sorting, and prefixes.

/** Return an IPv4 address as a number, or null for any other text. */
export function ipv4Number(text) {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
  if (!match || match.slice(1).some((part) => Number(part) > 255)) return null;
  return match.slice(1).reduce((sum, part) => sum * 256 + Number(part), 0);
}

export const ipv4Text = (n) => [n >>> 24, (n >>> 16) & 255, (n >>> 8) & 255, n & 255].join('.');

/** Return an IPv6 address as a big integer, or null for any other text. */
export function ipv6Number(text) {
  if (!/^[0-9a-f:.]+$/i.test(text) || !text.includes(':')) return null;
  const halves = text.split('::');
  if (halves.length > 2) return null;
  const [head, tail] = halves.map(groups);
  const missing = 8 - (head?.length ?? 9) - (tail?.length ?? 0);
  if (!head || (halves.length === 2 && !tail)) return null;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return null;
  const all = [...head, ...Array(missing).fill(0), ...(tail ?? [])];
  return all.reduce((sum, group) => (sum << 16n) + BigInt(group), 0n);
}

function groups(half) {
  if (half === '') return [];
  const numbers = [];
  for (const part of half.split(':')) {
    const dotted = ipv4Number(part);
    if (dotted !== null) numbers.push(Math.floor(dotted / 65_536), dotted % 65_536);
    else if (/^[0-9a-f]{1,4}$/i.test(part)) numbers.push(Number.parseInt(part, 16));
    else return null;
  }
  return numbers;
}

export const isAddress = (text) => ipv4Number(text) !== null || ipv6Number(text) !== null;

/** Return {first, size, bits} of an IPv4 prefix, or null. */
export function ipv4Prefix(text) {
  const [address, length, ...rest] = text.split('/');
  const number = ipv4Number(address);
  if (number === null || rest.length || !/^\d{1,2}$/.test(length ?? '') || length > 32) return null;
  const size = 2 ** (32 - length);
  return {first: Math.floor(number / size) * size, size, bits: Number(length)};
}

/** Return a function that tells whether a record's address is in the prefix, or null. */
export function withinPrefix(text) {
  const four = ipv4Prefix(text);
  if (four) {
    return (record) => {
      const number = record.privateIpv4Address && ipv4Number(record.privateIpv4Address);
      return number !== null && number >= four.first && number < four.first + four.size;
    };
  }
  const [address, length, ...rest] = text.split('/');
  const six = ipv6Number(address);
  if (six === null || rest.length || !/^\d{1,3}$/.test(length ?? '') || length > 128) return null;
  const shift = BigInt(128 - length);
  return (record) =>
    Boolean(record.ipv6Address) && ipv6Number(record.ipv6Address) >> shift === six >> shift;
}

/** Return a text by which addresses sort as numbers, IPv4 first; null for no address. */
export function sortKey(address) {
  if (!address) return null;
  const four = ipv4Number(address);
  if (four !== null) return `4${String(four).padStart(10, '0')}`;
  return `6${(ipv6Number(address) ?? 0n).toString(16).padStart(32, '0')}`;
}
