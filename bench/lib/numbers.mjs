// How numbers are written.

/** Three figures, and thousands apart: 0.0123, 1.23, 12.3, 123, 12,345. */
export function short(value) {
  if (value === undefined || Number.isNaN(value)) return "-";
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString("en");
  return value.toFixed(Math.abs(value) >= 10 ? 1 : 2);
}

export function ratioText(ratio) {
  return ratio.toFixed(2);
}

export function percent(share) {
  return share === undefined ? "-" : `${Math.round(share * 100)} %`;
}
