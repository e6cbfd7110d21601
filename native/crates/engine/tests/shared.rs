//! Several takers of one source get the same, whoever is ahead, whatever happens to the others.

#![allow(clippy::panic, reason = "a test fails by panicking")]

use lookback_engine::error::EngineError;
use lookback_engine::shared::{MAX_HELD_BYTES, Source, Taker, share};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Barrier};
use std::thread::scope;

/// Items that may wait, if each is as large as [`bytes_of`] says.
const MAX_HELD: usize = 128;

fn bytes_of(_: &u64) -> usize {
    MAX_HELD_BYTES / MAX_HELD
}

/// Makes numbers from 0 on, and then what `end` says; counts what it made.
fn source(
    count: u64,
    mut end: impl FnMut() -> Result<Option<u64>, EngineError> + Send + 'static,
) -> (Source<u64>, Arc<AtomicU64>) {
    let made = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&made);
    let next = move || {
        if made.load(Ordering::Relaxed) < count {
            Ok(Some(made.fetch_add(1, Ordering::Relaxed)))
        } else {
            end()
        }
    };
    (Box::new(next), counted)
}

/// How many numbers came, in order from 0 on, until the end or an error.
fn drain(mut taker: Taker<u64, u64>) -> (u64, Option<EngineError>) {
    let mut count = 0;
    loop {
        match taker.take_next() {
            Ok(Some(item)) => {
                assert_eq!(*item, count, "in order");
                count += 1;
            }
            Ok(None) => return (count, None),
            Err(error) => return (count, Some(error)),
        }
    }
}

#[test]
fn all_takers_get_all_items_and_each_is_made_once() {
    for count in [0, 1, 7, 50_000] {
        let (source, made) = source(count, || Ok(None));
        let all = scope(|scope| {
            let takers = share(source, Box::new(|begun| begun), bytes_of, 3).into_iter();
            let threads: Vec<_> = takers.map(|taker| scope.spawn(move || drain(taker))).collect();
            threads.into_iter().map(|thread| thread.join().expect("a taker")).collect::<Vec<_>>()
        });
        assert!(all.iter().all(|(taken, error)| *taken == count && error.is_none()));
        assert_eq!(made.load(Ordering::Relaxed), count);
    }
}

#[test]
fn who_asked_is_told_the_error_and_the_others_that_they_end() {
    let failing = || {
        let (source, _) = source(20, || Err(EngineError::Worker("bad".to_owned())));
        share(source, Box::new(|begun| begun), bytes_of, 3)
    };
    let ends: Vec<_> = failing().into_iter().map(drain).collect();
    let told = ends.iter().filter(|(_, error)| matches!(error, Some(EngineError::Worker(_)))).count();
    let ended = ends.iter().filter(|(_, error)| matches!(error, Some(EngineError::Cancelled))).count();
    assert_eq!((told, ended), (1, 2));
    // What was made before is there for all who were not told yet.
    assert!(ends.iter().filter(|(taken, _)| *taken == 20).count() >= 2, "{ends:?}");
}

#[test]
fn a_taker_waits_for_one_that_is_far_behind_and_for_none_that_is_gone() {
    const COUNT: u64 = 10 * MAX_HELD as u64;
    let (source, made) = source(COUNT, || Ok(None));
    let mut takers = share(source, Box::new(|begun| begun), bytes_of, 3).into_iter();
    let (ahead, mut behind, gone) = (takers.next(), takers.next().expect("one"), takers.next());
    drop(gone);
    scope(|scope| {
        let ahead = scope.spawn(move || drain(ahead.expect("one")).0);
        // It gets no further without the other.
        while made.load(Ordering::Relaxed) < MAX_HELD as u64 {
            std::thread::yield_now();
        }
        // One that went on would be through by then.
        for _ in 0..50_000 {
            std::thread::yield_now();
        }
        assert_eq!(made.load(Ordering::Relaxed), MAX_HELD as u64);
        assert!(!ahead.is_finished());
        for taken in 0..10 {
            assert_eq!(behind.take_next().expect("no error").as_deref(), Some(&taken));
        }
        drop(behind);
        assert_eq!(ahead.join().expect("a taker"), COUNT);
    });
}

#[test]
fn an_item_that_cannot_be_finished_leaves_nobody_waiting() {
    // The other one looks for the item for a while, and sleeps then: it ends before that, meanwhile, and behind.
    for spins in (0..400).map(|round| round * 20) {
        let (source, _) = source(1, || Ok(None));
        let (begun, waits) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
        let (told, other) = (Arc::clone(&begun), Arc::clone(&waits));
        let finish = move |_: u64| -> u64 {
            told.store(1, Ordering::Release);
            while other.load(Ordering::Acquire) == 0 {
                std::hint::spin_loop();
            }
            (0..spins).for_each(|_| std::hint::spin_loop());
            std::panic::resume_unwind(Box::new("a header"))
        };
        let mut takers = share(source, Box::new(finish), bytes_of, 2).into_iter();
        let (first, second) = (takers.next().expect("one"), takers.next().expect("another"));
        let first = std::thread::spawn(move || drain(first));
        let (ended, end) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            while begun.load(Ordering::Acquire) == 0 {
                std::hint::spin_loop();
            }
            waits.store(1, Ordering::Release);
            let _ = ended.send(drain(second));
        });
        let told = end.recv_timeout(std::time::Duration::from_secs(30));
        assert!(matches!(told, Ok((0, Some(EngineError::Cancelled)))), "after {spins}: {told:?}");
        assert!(first.join().is_err());
    }
}

#[test]
fn one_that_panics_leaves_nobody_waiting() {
    let (source, _) = source(9, || panic!("a decompressor"));
    let barrier = Barrier::new(2);
    let ends = scope(|scope| {
        let run = |taker| {
            barrier.wait();
            drain(taker)
        };
        let takers = share(source, Box::new(|begun| begun), bytes_of, 2).into_iter();
        let threads: Vec<_> = takers.map(|taker| scope.spawn(move || run(taker))).collect();
        threads.into_iter().map(|thread| thread.join().ok()).collect::<Vec<_>>()
    });
    let ends: Vec<_> = ends.into_iter().flatten().collect();
    assert!(matches!(ends.as_slice(), [(9, Some(EngineError::Cancelled))]), "{ends:?}");
}
