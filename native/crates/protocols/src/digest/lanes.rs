//! MD5 of sixteen streams at once.
//!
//! One stream is a chain of steps that wait for each other, and leaves most of the processor idle. Sixteen streams fill
//! it: a word of each lies side by side in the vectors that the processor has, which is found out when this runs. With
//! AVX-512 that is one vector, and a step of all sixteen takes no longer than one of a single stream.

use super::{BLOCK, SINES};
use fearless_simd::{Level, dispatch, prelude::*, u32x16};
use std::sync::LazyLock;

/// Streams that are hashed together.
pub const LANES: usize = 16;
/// Words of a block.
const WORDS: usize = 16;

/// Looking takes longer than a short call.
static LEVEL: LazyLock<Level> = LazyLock::new(Level::new);

/// What a step adds of the three words that it does not change.
macro_rules! mix {
    (f, $b:ident $c:ident $d:ident) => {
        (($c ^ $d) & $b) ^ $d
    };
    (g, $b:ident $c:ident $d:ident) => {
        (($b ^ $c) & $d) ^ $c
    };
    (h, $b:ident $c:ident $d:ident) => {
        $b ^ $c ^ $d
    };
    (i, $b:ident $c:ident $d:ident) => {
        $c ^ ($b | !$d)
    };
}

macro_rules! step {
    ($round:ident, $left:literal, $a:ident $b:ident $c:ident $d:ident, $word:expr, $sine:expr) => {
        // The newest word comes last: the rest need not wait for it.
        let sum = $a + $word + $sine + mix!($round, $b $c $d);
        $a = ((sum << $left) | (sum >> (32 - $left))) + $b;
    };
}

macro_rules! steps {
    ($round:ident, $left:tt, $w:ident[$first:expr, $stride:expr], $from:expr, $a:ident $b:ident $c:ident $d:ident) => {
        steps!(@ $round, $left, $w[$first, $stride], $from, $a $b $c $d);
        steps!(@ $round, $left, $w[$first + 4 * $stride, $stride], $from + 4, $a $b $c $d);
        steps!(@ $round, $left, $w[$first + 8 * $stride, $stride], $from + 8, $a $b $c $d);
        steps!(@ $round, $left, $w[$first + 12 * $stride, $stride], $from + 12, $a $b $c $d);
    };
    (@ $round:ident, [$s0:literal $s1:literal $s2:literal $s3:literal], $w:ident[$first:expr, $stride:expr], $from:expr, $a:ident $b:ident $c:ident $d:ident) => {
        step!($round, $s0, $a $b $c $d, $w[($first) % WORDS], SINES[$from]);
        step!($round, $s1, $d $a $b $c, $w[($first + $stride) % WORDS], SINES[$from + 1]);
        step!($round, $s2, $c $d $a $b, $w[($first + 2 * $stride) % WORDS], SINES[$from + 2]);
        step!($round, $s3, $b $c $d $a, $w[($first + 3 * $stride) % WORDS], SINES[$from + 3]);
    };
}

/// Takes `count` blocks of each lane, which must have so many: lanes that have fewer stay as they are.
pub fn compress(states: &mut [[u32; 4]; LANES], lanes: &[&[[u8; BLOCK]]; LANES], count: usize) {
    compress_at(*LEVEL, states, lanes, count);
}

fn compress_at(level: Level, states: &mut [[u32; 4]; LANES], lanes: &[&[[u8; BLOCK]]; LANES], count: usize) {
    dispatch!(level, simd => compress_on(simd, states, lanes, count));
}

#[inline(always)]
fn compress_on<S: Simd>(
    simd: S,
    states: &mut [[u32; 4]; LANES],
    lanes: &[&[[u8; BLOCK]]; LANES],
    count: usize,
) {
    let gather = |at: usize| u32x16::simd_from(simd, std::array::from_fn(|lane| states[lane][at]));
    let [mut a, mut b, mut c, mut d] = [gather(0), gather(1), gather(2), gather(3)];
    for block in 0..count {
        let Some(words) = words(simd, lanes, block) else { break };
        let before = [a, b, c, d];
        steps!(f, [7 12 17 22], words[0, 1], 0, a b c d);
        steps!(g, [5 9 14 20], words[1, 5], 16, a b c d);
        steps!(h, [4 11 16 23], words[5, 3], 32, a b c d);
        steps!(i, [6 10 15 21], words[0, 7], 48, a b c d);
        let [a0, b0, c0, d0] = before;
        [a, b, c, d] = [a + a0, b + b0, c + c0, d + d0];
    }
    for (at, words) in [a, b, c, d].into_iter().enumerate() {
        for (state, word) in states.iter_mut().zip(words.as_slice()) {
            state[at] = *word;
        }
    }
}

/// The sixteen words of a block, of every lane; none when a lane has no such block.
#[inline(always)]
fn words<S: Simd>(simd: S, lanes: &[&[[u8; BLOCK]]; LANES], block: usize) -> Option<[u32x16<S>; WORDS]> {
    let mut rows = [u32x16::splat(simd, 0); LANES];
    for (row, lane) in rows.iter_mut().zip(lanes) {
        let words = lane.get(block)?.as_chunks::<4>().0.first_chunk::<WORDS>()?;
        *row = u32x16::simd_from(simd, std::array::from_fn(|word| u32::from_le_bytes(words[word])));
    }
    // Rows become columns: each round deals the two halves of the rows together, as cards are.
    // Sixteen names instead of an array, which would be copied in memory with each round.
    for _ in 0..LANES.ilog2() {
        let [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p] = rows;
        rows = [
            a.zip_low(i),
            a.zip_high(i),
            b.zip_low(j),
            b.zip_high(j),
            c.zip_low(k),
            c.zip_high(k),
            d.zip_low(l),
            d.zip_high(l),
            e.zip_low(m),
            e.zip_high(m),
            f.zip_low(n),
            f.zip_high(n),
            g.zip_low(o),
            g.zip_high(o),
            h.zip_low(p),
            h.zip_high(p),
        ];
    }
    Some(rows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::{INITIAL, compress};

    /// What this machine can be asked to do, from what every machine of its kind can.
    fn levels() -> Vec<Level> {
        #[cfg(target_arch = "x86_64")]
        let middle = [Level::new().as_sse4_2().map(Level::Sse4_2), Level::new().as_avx2().map(Level::Avx2)];
        #[cfg(not(target_arch = "x86_64"))]
        let middle: [Option<Level>; 0] = [];
        [Some(Level::baseline()), Some(Level::new())].into_iter().chain(middle).flatten().collect()
    }

    #[test]
    fn every_width_of_vectors_gives_what_one_stream_gives() {
        let data: Vec<[u8; BLOCK]> =
            (0..64u32).map(|block| std::array::from_fn(|at| (block * 131 + at as u32 * 7) as u8)).collect();
        let lanes: [&[[u8; BLOCK]]; LANES] = std::array::from_fn(|lane| &data[lane..lane + 20]);
        let alone = lanes.map(|blocks| {
            let mut state = INITIAL;
            compress(&mut state, &blocks[..17], &SINES);
            state
        });
        for level in levels() {
            let mut states = [INITIAL; LANES];
            compress_at(level, &mut states, &lanes, 17);
            assert_eq!(states, alone, "{level:?}");
        }
    }
}
