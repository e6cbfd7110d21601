import * as fc from "fast-check";
import { isIPv6 } from "node:net";
import { describe, expect, it } from "vitest";
import { unpackPositions } from "../../../src/index-store/embedded/positions.js";
import { addressText } from "../../../src/index-store/embedded/values.js";

const varint = (value: bigint): readonly number[] => (value < 0x80n ? [Number(value)] : [Number(value & 0x7fn) | 0x80, ...varint(value >> 7n)]);

describe("addresses", () => {
  it.each([
    ["00000000000000000000ffffc0000201", "192.0.2.1"],
    ["00000000000000000000ffffffffffff", "255.255.255.255"],
    ["00000000000000000000000000000000", "::"],
    ["00000000000000000000000000000001", "::1"],
    ["20010db8000000000001000000000001", "2001:db8::1:0:0:1"],
    ["20010db8000000010001000100010001", "2001:db8:0:1:1:1:1:1"],
    ["20010db8000000000000000000000000", "2001:db8::"],
    ["00010002000300040005000600070008", "1:2:3:4:5:6:7:8"],
  ])("%s is %s", (hex, text) => {
    expect(addressText(BigInt(`0x${hex}`))).toBe(text);
  });

  it("are always addresses", () => {
    fc.assert(fc.property(fc.bigInt({ min: 0n, max: (1n << 128n) - 1n }), (value) => {
      const text = addressText(value);
      expect(text.includes(".") || isIPv6(text)).toBe(true);
    }));
  });
});

describe("packet positions", () => {
  const packet = fc.record({ fileId: fc.integer({ min: 1, max: 4 }), offset: fc.integer({ min: 0, max: 2 ** 45 }), length: fc.integer({ min: 16, max: 2 ** 31 }) });

  it("unpack to what was packed", () => {
    fc.assert(fc.property(fc.array(packet, { maxLength: 40 }), (packets) => {
      const bytes: number[] = [];
      for (let at = 0; at < packets.length;) {
        const fileId = packets[at]?.fileId ?? 0;
        let end = at;
        while (packets[end]?.fileId === fileId) end += 1;
        bytes.push(...varint(BigInt(fileId)), ...varint(BigInt(end - at)));
        let before = 0;
        for (const { offset, length } of packets.slice(at, end)) {
          const delta = BigInt(offset - before);
          bytes.push(...varint(delta < 0n ? -2n * delta - 1n : 2n * delta), ...varint(BigInt(length)));
          before = offset;
        }
        at = end;
      }
      expect(unpackPositions(Uint8Array.from(bytes))).toEqual(packets);
    }));
  });

  it("are null or bounded for any bytes", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const packets = unpackPositions(bytes);
      expect(packets === null || packets.length <= bytes.length).toBe(true);
    }), { numRuns: 5_000 });
  });

  it.each([[[1]], [[1, 2, 8, 48]], [[1, 1, 1, 48]], [[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1]]])("refuses %j", (bytes) => {
    expect(unpackPositions(Uint8Array.from(bytes))).toBeNull();
  });
});
