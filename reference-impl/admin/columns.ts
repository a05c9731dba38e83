/** One cell of a row as `String.format` pads it: positive widths to the right end, negative ones (`%-22s`) to the left. */
export function cell(value: string | number, width: number): string {
  const text = String(value);
  return width < 0 ? text.padEnd(-width) : text.padStart(width);
}

/** `yyyy-MM-dd HH:mm:ss,SSS` in local time, as `UtilAll.timeMillisToHumanString2`-style output has it. */
export function timeText(timestampMs: number): string {
  const at = new Date(timestampMs);
  const two = (value: number) => String(value).padStart(2, '0');
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  const time = `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
  return `${day} ${time},${String(at.getMilliseconds()).padStart(3, '0')}`;
}

/** A Java double as `%s` prints it: whole numbers keep `.0`. */
export function doubleText(value: number): string {
  return Number.isInteger(value) ? `${value}.0` : String(value);
}
