//! MD5 (RFC 1321), written for throughput: an import spends most of its time hashing bodies.
//!
//! The algorithm is a chain in which every step waits for the one before, so what counts is how few operations lie
//! between two steps. [`Digests`] hashes several bodies side by side, which hides the waiting; two choices shorten the chain against the plain form: the second round's function is a sum of
//! its two halves, of which only one waits (the halves never share a bit), and the step constants reach the compiler
//! as data it cannot see through, or it would add them last.

mod lanes;
mod queue;
mod waiting;

pub use queue::{Digests, MAX_WAITING_BYTES, MAX_WAITING_BYTES_OF_A_BODY, Promise, Ticket};
pub use waiting::FetchRoom;

/// Bytes of a block.
const BLOCK: usize = 64;

/// The sine constants of RFC 1321 section 3.4.
#[rustfmt::skip]
static SINES: [u32; 64] = [
    0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501,
    0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be, 0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821,
    0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa, 0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8,
    0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a,
    0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70,
    0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665,
    0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1,
    0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391,
];

/// State before the first block.
const INITIAL: [u32; 4] = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476];

/// What follows the last of `length` bytes, and how much of it.
fn padding(length: u64) -> ([u8; 2 * BLOCK], usize) {
    let held = (length % BLOCK as u64) as usize;
    let mut padding = [0; 2 * BLOCK];
    padding[0] = 0x80;
    let zeros = if held < 56 { 56 - held } else { 120 - held };
    for (place, byte) in padding.iter_mut().skip(zeros).zip(length.wrapping_mul(8).to_le_bytes()) {
        *place = byte;
    }
    (padding, zeros + 8)
}

/// A digest in the making.
#[derive(Clone)]
pub struct Md5 {
    state: [u32; 4],
    /// Bytes taken so far.
    length: u64,
    /// The block that is not whole yet.
    tail: [u8; BLOCK],
}

impl Default for Md5 {
    fn default() -> Self {
        Self { state: INITIAL, length: 0, tail: [0; BLOCK] }
    }
}

impl Md5 {
    /// Starts a digest.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the next bytes.
    pub fn update(&mut self, data: &[u8]) {
        let mut rest = data;
        let held = (self.length % BLOCK as u64) as usize;
        self.length = self.length.wrapping_add(data.len() as u64);
        if held > 0 {
            let (head, after) = rest.split_at((BLOCK - held).min(rest.len()));
            for (place, byte) in self.tail.iter_mut().skip(held).zip(head) {
                *place = *byte;
            }
            if held + head.len() < BLOCK {
                return;
            }
            compress(&mut self.state, std::slice::from_ref(&self.tail), std::hint::black_box(&SINES));
            rest = after;
        }
        let (blocks, after) = rest.as_chunks::<BLOCK>();
        if !blocks.is_empty() {
            compress(&mut self.state, blocks, std::hint::black_box(&SINES));
        }
        for (place, byte) in self.tail.iter_mut().zip(after) {
            *place = *byte;
        }
    }

    /// The digest of what was taken.
    pub fn finalize(mut self) -> [u8; 16] {
        let (padding, length) = padding(self.length);
        self.update(padding.get(..length).unwrap_or_default());
        let mut digest = [0; 16];
        for (place, byte) in digest.iter_mut().zip(self.state.iter().flat_map(|word| word.to_le_bytes())) {
            *place = byte;
        }
        digest
    }

    /// The digest of `data`.
    pub fn digest(data: &[u8]) -> [u8; 16] {
        let mut md5 = Self::new();
        md5.update(data);
        md5.finalize()
    }
}

/// What a step adds of the three words that it does not change; `$b` is the newest.
macro_rules! mix {
    (f, $sum:expr, $b:ident $c:ident $d:ident) => {
        $sum.wrapping_add((($c ^ $d) & $b) ^ $d)
    };
    (g, $sum:expr, $b:ident $c:ident $d:ident) => {
        $sum.wrapping_add(!$d & $c).wrapping_add($d & $b)
    };
    (h, $sum:expr, $b:ident $c:ident $d:ident) => {
        $sum.wrapping_add(($c ^ $d) ^ $b)
    };
    (i, $sum:expr, $b:ident $c:ident $d:ident) => {
        $sum.wrapping_add($c ^ ($b | !$d))
    };
}

macro_rules! step {
    ($round:ident, $a:ident $b:ident $c:ident $d:ident, $word:expr, $shift:literal, $sine:expr) => {
        $a = mix!($round, $a.wrapping_add($sine).wrapping_add($word), $b $c $d).rotate_left($shift).wrapping_add($b)
    };
}

#[inline(never)]
fn compress(state: &mut [u32; 4], blocks: &[[u8; BLOCK]], k: &[u32; 64]) {
    let [mut a, mut b, mut c, mut d] = *state;
    for block in blocks {
        let before = [a, b, c, d];
        let mut w = [0u32; 16];
        for (word, bytes) in w.iter_mut().zip(block.as_chunks::<4>().0) {
            *word = u32::from_le_bytes(*bytes);
        }
        step!(f, a b c d, w[0], 7, k[0]);
        step!(f, d a b c, w[1], 12, k[1]);
        step!(f, c d a b, w[2], 17, k[2]);
        step!(f, b c d a, w[3], 22, k[3]);
        step!(f, a b c d, w[4], 7, k[4]);
        step!(f, d a b c, w[5], 12, k[5]);
        step!(f, c d a b, w[6], 17, k[6]);
        step!(f, b c d a, w[7], 22, k[7]);
        step!(f, a b c d, w[8], 7, k[8]);
        step!(f, d a b c, w[9], 12, k[9]);
        step!(f, c d a b, w[10], 17, k[10]);
        step!(f, b c d a, w[11], 22, k[11]);
        step!(f, a b c d, w[12], 7, k[12]);
        step!(f, d a b c, w[13], 12, k[13]);
        step!(f, c d a b, w[14], 17, k[14]);
        step!(f, b c d a, w[15], 22, k[15]);
        step!(g, a b c d, w[1], 5, k[16]);
        step!(g, d a b c, w[6], 9, k[17]);
        step!(g, c d a b, w[11], 14, k[18]);
        step!(g, b c d a, w[0], 20, k[19]);
        step!(g, a b c d, w[5], 5, k[20]);
        step!(g, d a b c, w[10], 9, k[21]);
        step!(g, c d a b, w[15], 14, k[22]);
        step!(g, b c d a, w[4], 20, k[23]);
        step!(g, a b c d, w[9], 5, k[24]);
        step!(g, d a b c, w[14], 9, k[25]);
        step!(g, c d a b, w[3], 14, k[26]);
        step!(g, b c d a, w[8], 20, k[27]);
        step!(g, a b c d, w[13], 5, k[28]);
        step!(g, d a b c, w[2], 9, k[29]);
        step!(g, c d a b, w[7], 14, k[30]);
        step!(g, b c d a, w[12], 20, k[31]);
        step!(h, a b c d, w[5], 4, k[32]);
        step!(h, d a b c, w[8], 11, k[33]);
        step!(h, c d a b, w[11], 16, k[34]);
        step!(h, b c d a, w[14], 23, k[35]);
        step!(h, a b c d, w[1], 4, k[36]);
        step!(h, d a b c, w[4], 11, k[37]);
        step!(h, c d a b, w[7], 16, k[38]);
        step!(h, b c d a, w[10], 23, k[39]);
        step!(h, a b c d, w[13], 4, k[40]);
        step!(h, d a b c, w[0], 11, k[41]);
        step!(h, c d a b, w[3], 16, k[42]);
        step!(h, b c d a, w[6], 23, k[43]);
        step!(h, a b c d, w[9], 4, k[44]);
        step!(h, d a b c, w[12], 11, k[45]);
        step!(h, c d a b, w[15], 16, k[46]);
        step!(h, b c d a, w[2], 23, k[47]);
        step!(i, a b c d, w[0], 6, k[48]);
        step!(i, d a b c, w[7], 10, k[49]);
        step!(i, c d a b, w[14], 15, k[50]);
        step!(i, b c d a, w[5], 21, k[51]);
        step!(i, a b c d, w[12], 6, k[52]);
        step!(i, d a b c, w[3], 10, k[53]);
        step!(i, c d a b, w[10], 15, k[54]);
        step!(i, b c d a, w[1], 21, k[55]);
        step!(i, a b c d, w[8], 6, k[56]);
        step!(i, d a b c, w[15], 10, k[57]);
        step!(i, c d a b, w[6], 15, k[58]);
        step!(i, b c d a, w[13], 21, k[59]);
        step!(i, a b c d, w[4], 6, k[60]);
        step!(i, d a b c, w[11], 10, k[61]);
        step!(i, c d a b, w[2], 15, k[62]);
        step!(i, b c d a, w[9], 21, k[63]);
        let [a0, b0, c0, d0] = before;
        (a, b, c, d) = (a.wrapping_add(a0), b.wrapping_add(b0), c.wrapping_add(c0), d.wrapping_add(d0));
    }
    *state = [a, b, c, d];
}

#[cfg(test)]
mod tests {
    use super::Md5;
    use crate::bytes::hex;

    #[test]
    fn the_test_suite_of_the_rfc() {
        for (text, digest) in [
            ("", "d41d8cd98f00b204e9800998ecf8427e"),
            ("a", "0cc175b9c0f1b6a831c399e269772661"),
            ("abc", "900150983cd24fb0d6963f7d28e17f72"),
            ("message digest", "f96b697d7cb7938d525a2f31aaf161d0"),
            ("abcdefghijklmnopqrstuvwxyz", "c3fcd3d76192e4007dfb496cca67e13b"),
            (
                "12345678901234567890123456789012345678901234567890123456789012345678901234567890",
                "57edf4a22be3c955ac49da2e2107b67a",
            ),
        ] {
            assert_eq!(hex(&Md5::digest(text.as_bytes())), digest, "{text}");
        }
    }

    #[test]
    fn any_length_cut_anywhere_equals_an_independent_implementation() {
        use md5::Digest;
        let data: Vec<u8> = (0..1000u32).map(|n| (n * 7 + n / 13) as u8).collect();
        for length in 0..data.len() {
            let data = &data[..length];
            let expected: [u8; 16] = md5::Md5::digest(data).into();
            assert_eq!(Md5::digest(data), expected, "{length} bytes");
            let mut cut = Md5::new();
            for piece in data.chunks(1 + length % 97) {
                cut.update(piece);
            }
            assert_eq!(cut.finalize(), expected, "{length} bytes in pieces");
        }
    }
}
