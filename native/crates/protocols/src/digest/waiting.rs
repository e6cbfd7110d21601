//! Bytes of one body that wait to be hashed.

use super::BLOCK;
use std::mem::MaybeUninit;

/// Most bytes of one piece, whole blocks.
const PIECE_BYTES: usize = 16 << 10;
/// Room of a first piece, which grows: most bodies are short.
const FIRST_BYTES: usize = 2 << 10;

/// Most pieces that are kept for use again: those of some turns of hashing.
const MOST_FREE: usize = 64;

/// Has the processor fetch room that is written to next: a hint.
pub type FetchRoom = fn(&[MaybeUninit<u8>]);

/// Room of pieces that were taken, for use again: what was hashed last is still in the processor's cache.
pub struct FreePieces {
    pieces: Vec<Vec<u8>>,
    fetch: FetchRoom,
}

impl FreePieces {
    /// None yet; where more of a body is to come, its room is fetched by `fetch`.
    pub fn new(fetch: FetchRoom) -> Self {
        Self { pieces: Vec::new(), fetch }
    }
    /// Room of `wanted` bytes or more.
    fn at_least(&mut self, wanted: usize) -> Vec<u8> {
        self.pieces.pop().unwrap_or_else(|| Vec::with_capacity(wanted))
    }
    fn give_back(&mut self, mut piece: Vec<u8>) {
        if piece.capacity() == PIECE_BYTES && self.pieces.len() < MOST_FREE {
            piece.clear();
            self.pieces.push(piece);
        }
    }
}

/// Bytes in pieces, so that long bodies are not copied again when more come. All pieces but the last hold whole blocks.
#[derive(Default)]
pub struct Waiting {
    pieces: Vec<Vec<u8>>,
    /// The piece at hand, and how much of it was taken.
    piece: usize,
    taken: usize,
    /// Bytes that were not taken.
    length: usize,
}

impl Waiting {
    /// Bytes that wait.
    pub fn len(&self) -> usize {
        self.length
    }
    /// Whether none do.
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// Adds bytes, of which `more` will follow soon.
    pub fn push(&mut self, mut data: &[u8], more: usize, free: &mut FreePieces) {
        self.length += data.len();
        if self.pieces.is_empty() {
            self.pieces.push(free.at_least((data.len() + more).clamp(FIRST_BYTES, PIECE_BYTES)));
        }
        while let Some(last) = self.pieces.last_mut() {
            let (head, rest) = data.split_at(data.len().min(PIECE_BYTES - last.len()));
            last.extend_from_slice(head);
            if rest.is_empty() {
                // Most of what waits has left the processor's caches before it is hashed, and so has room for more.
                (free.fetch)(last.spare_capacity_mut());
                break;
            }
            data = rest;
            self.pieces.push(free.at_least(PIECE_BYTES));
        }
    }

    /// What is left of the piece at hand.
    pub fn rest(&self) -> &[u8] {
        self.pieces.get(self.piece).and_then(|piece| piece.get(self.taken..)).unwrap_or_default()
    }
    /// The whole blocks of it: none only where no whole block is left at all.
    pub fn blocks(&self) -> &[[u8; BLOCK]] {
        self.rest().as_chunks::<BLOCK>().0
    }

    /// Takes `count` of [`Waiting::blocks`].
    pub fn take(&mut self, count: usize) {
        self.taken += count * BLOCK;
        self.length -= count * BLOCK;
        if self.taken == PIECE_BYTES {
            (self.piece, self.taken) = (self.piece + 1, 0);
        }
    }

    /// Gives back the room of the pieces that are taken.
    pub fn forget_taken(&mut self, free: &mut FreePieces) {
        self.pieces.drain(..self.piece.min(self.pieces.len())).for_each(|piece| free.give_back(piece));
        self.piece = 0;
    }

    /// Gives back all room.
    pub fn end(self, free: &mut FreePieces) {
        self.pieces.into_iter().for_each(|piece| free.give_back(piece));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    fn filled(bytes: usize, free: &mut FreePieces) -> Waiting {
        let mut waiting = Waiting::default();
        waiting.push(&vec![7; bytes], 0, free);
        waiting
    }

    #[test]
    fn room_that_was_given_back_last_is_used_first_and_holds_nothing() {
        let mut free = FreePieces::new(|_| {});
        let mut first = filled(2 * PIECE_BYTES, &mut free);
        let places = [first.pieces[0].as_ptr(), first.pieces[1].as_ptr()];
        first.take(PIECE_BYTES / BLOCK);
        first.forget_taken(&mut free);
        assert_eq!((first.len(), free.pieces.len()), (PIECE_BYTES, 1));
        first.end(&mut free);
        let second = filled(PIECE_BYTES + 1, &mut free);
        assert_eq!([second.pieces[1].as_ptr(), second.pieces[0].as_ptr()], places);
        assert_eq!((second.len(), second.rest().len()), (PIECE_BYTES + 1, PIECE_BYTES));
    }

    #[test]
    fn room_that_is_written_to_next_is_fetched() {
        thread_local! {
            static FETCHED: Cell<(usize, usize)> = const { Cell::new((0, 0)) };
        }
        let mut free = FreePieces::new(|room| FETCHED.set((room.as_ptr() as usize, room.len())));
        let mut waiting = Waiting::default();
        waiting.push(&[7; 10], PIECE_BYTES, &mut free);
        for length in [1_460, 1, 20_000, 1_460, 40_000] {
            let (next, _) = FETCHED.get();
            let (before, pieces) = (waiting.pieces.last().map_or(0, Vec::len), waiting.pieces.len());
            waiting.push(&vec![7; length], 0, &mut free);
            assert_eq!(waiting.pieces[pieces - 1].as_ptr() as usize + before, next, "{length} bytes");
            let last = waiting.pieces.last_mut().expect("a piece").spare_capacity_mut();
            assert_eq!(FETCHED.get(), (last.as_ptr() as usize, last.len()), "{length} bytes");
        }
    }

    #[test]
    fn room_of_short_bodies_and_of_many_is_not_kept() {
        let mut free = FreePieces::new(|_| {});
        filled(100, &mut free).end(&mut free);
        assert_eq!(free.pieces.len(), 0);
        filled((MOST_FREE + 10) * PIECE_BYTES, &mut free).end(&mut free);
        assert_eq!(free.pieces.len(), MOST_FREE);
    }
}
