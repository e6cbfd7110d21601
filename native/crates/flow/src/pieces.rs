//! A queue in pieces: one that grows moves nothing but the piece at its end.

use std::collections::VecDeque;

/// Entries of a piece. In one piece a queue of a flood's sessions would be moved, all at once, whenever that is full.
const PIECE: usize = 1_024;

/// First in, first out.
#[derive(Debug)]
pub struct Pieces<T> {
    /// None is empty, and none longer than [`PIECE`].
    pieces: VecDeque<VecDeque<T>>,
    length: usize,
}

impl<T> Default for Pieces<T> {
    fn default() -> Self {
        Self { pieces: VecDeque::new(), length: 0 }
    }
}

impl<T> Pieces<T> {
    /// Adds an entry at the end.
    pub fn push(&mut self, entry: T) {
        match self.pieces.back_mut() {
            Some(last) if last.len() < PIECE => last.push_back(entry),
            _ => self.pieces.push_back(VecDeque::from([entry])),
        }
        self.length += 1;
    }
    /// The first entry.
    pub fn front(&self) -> Option<&T> {
        self.pieces.front()?.front()
    }
    /// Takes the first entry out.
    pub fn pop(&mut self) -> Option<T> {
        let first = self.pieces.front_mut()?;
        let entry = first.pop_front();
        if first.is_empty() {
            self.pieces.pop_front();
        }
        self.length -= usize::from(entry.is_some());
        entry
    }
    /// Entries.
    pub fn len(&self) -> usize {
        self.length
    }
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_come_out_in_their_order_over_the_ends_of_pieces() {
        let mut pieces = Pieces::default();
        let (mut next, mut taken) = (0, 0);
        for round in 0..5 {
            for _ in 0..PIECE + round {
                pieces.push(next);
                next += 1;
            }
            for _ in 0..PIECE / 2 {
                assert_eq!(pieces.front(), Some(&taken));
                assert_eq!(pieces.pop(), Some(taken));
                taken += 1;
            }
            assert_eq!(pieces.len(), next - taken);
        }
        while let Some(entry) = pieces.pop() {
            assert_eq!(entry, taken);
            taken += 1;
        }
        assert_eq!((taken, pieces.is_empty(), pieces.front()), (next, true, None));
    }
}
