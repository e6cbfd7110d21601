//! Numbers of packet files.

use std::ops::Range;

/// Numbers that packet files may have: a run of them, and what comes when it is used up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileNumbers {
    run: Range<u32>,
    after: Range<u32>,
}

impl FileNumbers {
    /// Those of a run.
    pub fn new(run: Range<u32>) -> Self {
        Self { run, after: 0..0 }
    }

    /// What comes when the run is used up.
    pub fn add(&mut self, after: Range<u32>) {
        self.after = after;
    }

    /// The next one; none when all are used up.
    pub fn peek(&mut self) -> Option<u32> {
        if self.run.is_empty() {
            self.run = std::mem::replace(&mut self.after, 0..0);
        }
        (!self.run.is_empty()).then_some(self.run.start)
    }

    /// The next one is used.
    pub fn take(&mut self) {
        self.run.next();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_go_on_with_the_next_run_and_end_with_the_last() {
        let mut numbers = FileNumbers::new(7..9);
        let taken = |numbers: &mut FileNumbers| {
            let next = numbers.peek();
            numbers.take();
            next
        };
        assert_eq!(taken(&mut numbers), Some(7));
        numbers.add(20..21);
        assert_eq!([(); 3].map(|()| taken(&mut numbers)), [Some(8), Some(20), None]);
    }
}
