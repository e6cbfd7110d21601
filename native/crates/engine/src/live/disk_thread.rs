//! Work with a disk on a thread of its own: a disk that does not answer holds up nobody who can go elsewhere.

use crossbeam_channel::{Receiver, Sender, bounded};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

type Job<S> = Box<dyn FnOnce(&mut S) + Send>;

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unanswered {
    /// The disk did not answer in time, or has not since it was given up before.
    Late,
    /// There is no thread to ask it by: the system has none, or the last one panicked.
    NoThread,
}

impl From<Unanswered> for std::io::Error {
    fn from(why: Unanswered) -> Self {
        match why {
            Unanswered::Late => Self::new(
                std::io::ErrorKind::TimedOut,
                "the disk does not answer; whether it is there, and the kernel's log, may tell why",
            ),
            Unanswered::NoThread => Self::other("there is no thread to write by"),
        }
    }
}

/// Work that was begun.
pub struct Begun<T>(Receiver<T>);

/// A thread that does one piece of work at a time on what it keeps. It begins with the first.
pub struct DiskThread<S> {
    name: &'static str,
    kept: Option<S>,
    running: Option<(Sender<Job<S>>, JoinHandle<()>)>,
    /// It did not answer, and may still be at it.
    is_silent: bool,
}

impl<S: Send + 'static> DiskThread<S> {
    /// Keeps `kept`.
    pub fn new(name: &'static str, kept: S) -> Self {
        Self { name, kept: Some(kept), running: None, is_silent: false }
    }

    /// Whether it was silent when it was last asked.
    pub fn is_silent(&self) -> bool {
        self.is_silent
    }

    /// Has `work` done and waits until `deadline` for what comes of it. Work that ends after it was given up is taken back
    /// by `undo`.
    ///
    /// # Errors
    /// [`Unanswered`]; the work was not begun, or is or will be taken back.
    pub fn ask<T: Send + 'static>(
        &mut self,
        deadline: Instant,
        work: impl FnOnce(&mut S) -> T + Send + 'static,
        undo: impl FnOnce(&mut S, T) + Send + 'static,
    ) -> Result<T, Unanswered> {
        let begun = self.begin(deadline, work, undo)?;
        self.end(begun, deadline, || {})
    }

    /// Has `work` begun, so that several can be at it side by side. One that is silent is not waited for: it begins at once or
    /// is silent still.
    ///
    /// # Errors
    /// [`Unanswered`]; the work was not begun.
    pub fn begin<T: Send + 'static>(
        &mut self,
        deadline: Instant,
        work: impl FnOnce(&mut S) -> T + Send + 'static,
        undo: impl FnOnce(&mut S, T) + Send + 'static,
    ) -> Result<Begun<T>, Unanswered> {
        // Without room: what is sent was taken by the other side, so that nothing is both answered and given up.
        let (reply, answer) = bounded(0);
        let job: Job<S> = Box::new(move |kept| {
            let done = work(kept);
            if let Err(late) = reply.send(done) {
                undo(kept, late.into_inner());
            }
        });
        let within = if self.is_silent { Duration::ZERO } else { until(deadline) };
        self.is_silent = true;
        let jobs = self.jobs().ok_or(Unanswered::NoThread)?;
        jobs.send_timeout(job, within)
            .map_err(|error| if error.is_timeout() { Unanswered::Late } else { Unanswered::NoThread })?;
        Ok(Begun(answer))
    }

    /// Waits until `deadline` for what comes of work. When it is given up, `give_up` comes before any `undo`.
    ///
    /// # Errors
    /// [`Unanswered`]; the work is or will be taken back.
    pub fn end<T>(
        &mut self,
        begun: Begun<T>,
        deadline: Instant,
        give_up: impl FnOnce(),
    ) -> Result<T, Unanswered> {
        match begun.0.recv_timeout(until(deadline)) {
            Ok(done) => {
                self.is_silent = false;
                Ok(done)
            }
            Err(error) => {
                give_up();
                Err(if error.is_timeout() { Unanswered::Late } else { Unanswered::NoThread })
            }
        }
    }

    fn jobs(&mut self) -> Option<&Sender<Job<S>>> {
        if self.running.is_none() {
            let (jobs, received): (Sender<Job<S>>, Receiver<Job<S>>) = bounded(0);
            let (give, take) = bounded(1);
            let run = move || {
                let Ok(mut kept) = take.recv() else { return };
                received.into_iter().for_each(|job| job(&mut kept));
            };
            let thread = std::thread::Builder::new().name(self.name.to_owned()).spawn(run).ok()?;
            // It waits for nothing else.
            give.send(self.kept.take()?).ok()?;
            self.running = Some((jobs, thread));
        }
        self.running.as_ref().map(|(jobs, _)| jobs)
    }
}

impl<S> Drop for DiskThread<S> {
    fn drop(&mut self) {
        let Some((jobs, thread)) = self.running.take() else { return };
        drop(jobs);
        // One that is silent may stay so for ever; it ends by itself when the disk answers.
        if !self.is_silent {
            let _ = thread.join();
        }
    }
}

fn until(deadline: Instant) -> Duration {
    deadline.saturating_duration_since(Instant::now())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};

    fn soon() -> Instant {
        Instant::now() + Duration::from_millis(20)
    }
    fn late() -> Instant {
        Instant::now() + Duration::from_secs(60)
    }

    #[test]
    fn work_is_done_in_turn_on_what_is_kept() {
        let mut thread = DiskThread::new("disk", 1);
        for expected in [2, 4, 8] {
            let double = |number: &mut i32| {
                *number *= 2;
                *number
            };
            assert_eq!(thread.ask(late(), double, |_, _| {}), Ok(expected));
        }
        assert!(!thread.is_silent());
    }

    #[test]
    fn what_ends_too_late_is_taken_back_and_the_thread_is_asked_again() {
        let mut thread = DiskThread::new("disk", Arc::new(AtomicU32::new(0)));
        let (thaw, frozen) = bounded::<()>(0);
        let add =
            |count: u32| move |number: &mut Arc<AtomicU32>| number.fetch_add(count, Ordering::SeqCst) + count;
        let given_up = thread.ask(
            soon(),
            move |number| {
                let _ = frozen.recv();
                add(1)(number)
            },
            |number, _| {
                number.fetch_sub(1, Ordering::SeqCst);
            },
        );
        assert_eq!((given_up, thread.is_silent()), (Err(Unanswered::Late), true));
        // It is not waited for again.
        assert_eq!(thread.ask(late(), add(10), |_, _| {}), Err(Unanswered::Late));
        drop(thaw);
        let answered = std::iter::repeat_with(|| {
            std::thread::yield_now();
            thread.ask(late(), add(100), |_, _| {})
        })
        .find_map(Result::ok);
        // Neither the late one nor the one that was not begun counts.
        assert_eq!((answered, thread.is_silent()), (Some(100), false));
    }

    #[test]
    fn giving_up_comes_before_taking_back() {
        let (order, seen) = crossbeam_channel::unbounded();
        let mut thread = DiskThread::new("disk", ());
        let (thaw, frozen) = bounded::<()>(0);
        let undone = order.clone();
        let work = move |(): &mut ()| frozen.recv().is_ok();
        let begun = thread
            .begin(late(), work, move |(), _| assert!(undone.send("taken back").is_ok()))
            .expect("begun");
        let end = thread.end(begun, soon(), move || {
            drop(thaw);
            // It is done now, and waits for somebody who takes the answer.
            std::thread::yield_now();
            assert!(order.send("given up").is_ok());
        });
        assert_eq!(end, Err(Unanswered::Late));
        drop(thread);
        assert_eq!(seen.iter().collect::<Vec<_>>(), ["given up", "taken back"]);
    }

    #[test]
    fn one_that_panicked_is_not_called_late() {
        let mut thread = DiskThread::new("disk", ());
        let fail = |(): &mut ()| assert!(std::hint::black_box(false), "on purpose");
        assert_eq!(thread.ask(late(), fail, |(), ()| {}), Err(Unanswered::NoThread));
        // It may take a moment to be gone.
        while thread.ask(late(), |()| {}, |(), ()| {}) == Err(Unanswered::Late) {
            std::thread::yield_now();
        }
        assert_eq!(thread.ask(late(), |()| {}, |(), ()| {}), Err(Unanswered::NoThread));
    }

    #[test]
    fn nobody_waits_for_the_end_of_a_silent_one() {
        let mut thread = DiskThread::new("disk", ());
        let (_frozen, wait) = bounded::<()>(0);
        assert_eq!(thread.ask(soon(), move |()| wait.recv().is_ok(), |(), _| {}), Err(Unanswered::Late));
        drop(thread);
    }
}
