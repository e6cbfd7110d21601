//! Bytes of one body that wait to be hashed.

use super::BLOCK;

/// Most bytes of one piece, whole blocks.
const PIECE_BYTES: usize = 16 << 10;
/// Room of a first piece, which grows: most bodies are short.
const FIRST_BYTES: usize = 2 << 10;

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
    pub fn push(&mut self, mut data: &[u8], more: usize) {
        self.length += data.len();
        if self.pieces.is_empty() {
            self.pieces.push(Vec::with_capacity((data.len() + more).clamp(FIRST_BYTES, PIECE_BYTES)));
        }
        while let Some(last) = self.pieces.last_mut() {
            let (head, rest) = data.split_at(data.len().min(PIECE_BYTES - last.len()));
            last.extend_from_slice(head);
            if rest.is_empty() {
                break;
            }
            data = rest;
            self.pieces.push(Vec::with_capacity(PIECE_BYTES));
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
    pub fn forget_taken(&mut self) {
        self.pieces.drain(..self.piece.min(self.pieces.len()));
        self.piece = 0;
    }
}
