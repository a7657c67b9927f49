// A deterministic string hash of 64 bits, as hex. For fingerprints and result ids: it must be the same on every
// machine and in every run, and spread well; it is no protection against someone who wants a collision.

/** The hash of a text as 16 hexadecimal digits. */
export function hashText(text: string): string {
  let low = 0x9e3779b9 | 0;
  let high = 0x85ebca6b | 0;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    low = Math.imul(low ^ unit, 0x01000193);
    high = Math.imul(high ^ unit, 0x27d4eb2f);
    // The lanes see each other's high bits, so that no pair of texts collides in both for the same reason.
    low ^= high >>> 15;
    high ^= low >>> 13;
  }
  low = avalanche(low ^ text.length);
  high = avalanche(high ^ low);
  return hex(high) + hex(low);
}

function avalanche(value: number): number {
  let mixed = value ^ (value >>> 16);
  mixed = Math.imul(mixed, 0x7feb352d);
  mixed ^= mixed >>> 15;
  mixed = Math.imul(mixed, 0x846ca68b);
  return mixed ^ (mixed >>> 16);
}

function hex(value: number): string {
  return (value >>> 0).toString(16).padStart(8, '0');
}
