//! Work with a disk on a thread of its own: a disk that does not answer holds up nobody who can go elsewhere.

use crossbeam_channel::{Receiver, Sender, bounded};
use std::thread::JoinHandle;
use std::time::Duration;

type Job<S> = Box<dyn FnOnce(&mut S) + Send>;

/// A disk has not answered in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unanswered;

/// A thread that does one piece of work at a time on what it keeps. It begins with the first.
pub struct DiskThread<S> {
    name: &'static str,
    within: Duration,
    kept: Option<S>,
    running: Option<(Sender<Job<S>>, JoinHandle<()>)>,
    /// It did not answer, and may still be at it.
    is_silent: bool,
}

impl<S: Send + 'static> DiskThread<S> {
    /// Keeps `kept` and answers `within` a time or counts as silent.
    pub fn new(name: &'static str, within: Duration, kept: S) -> Self {
        Self { name, within, kept: Some(kept), running: None, is_silent: false }
    }

    /// Whether it was silent when it was last asked.
    pub fn is_silent(&self) -> bool {
        self.is_silent
    }

    /// Has `work` done and waits for what comes of it. One that was silent before is not waited for: it answers at once or
    /// is silent still. Work that ends after it was given up is taken back by `undo`.
    ///
    /// # Errors
    /// [`Unanswered`]; the work was not begun, or is or will be taken back. Also when the system has no thread.
    pub fn ask<T: Send + 'static>(
        &mut self,
        work: impl FnOnce(&mut S) -> T + Send + 'static,
        undo: impl FnOnce(&mut S, T) + Send + 'static,
    ) -> Result<T, Unanswered> {
        // Without room: what is sent was taken by the other side, so that nothing is both answered and given up.
        let (reply, answer) = bounded(0);
        let job: Job<S> = Box::new(move |kept| {
            let done = work(kept);
            if let Err(late) = reply.send(done) {
                undo(kept, late.into_inner());
            }
        });
        let was_silent = std::mem::replace(&mut self.is_silent, true);
        let within = if was_silent { Duration::ZERO } else { self.within };
        let jobs = self.jobs().ok_or(Unanswered)?;
        jobs.send_timeout(job, within).map_err(|_| Unanswered)?;
        let done = answer.recv_timeout(self.within).map_err(|_| Unanswered)?;
        self.is_silent = false;
        Ok(done)
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};

    const SHORT: Duration = Duration::from_millis(20);
    const LONG: Duration = Duration::from_secs(60);

    #[test]
    fn work_is_done_in_turn_on_what_is_kept() {
        let mut thread = DiskThread::new("disk", LONG, 1);
        for expected in [2, 4, 8] {
            let doubled = thread.ask(
                |number| {
                    *number *= 2;
                    *number
                },
                |_, _| {},
            );
            assert_eq!(doubled, Ok(expected));
        }
        assert!(!thread.is_silent());
    }

    #[test]
    fn what_ends_too_late_is_taken_back_and_the_thread_is_asked_again() {
        let mut thread = DiskThread::new("disk", SHORT, Arc::new(AtomicU32::new(0)));
        let (thaw, frozen) = bounded::<()>(0);
        let add =
            |count: u32| move |number: &mut Arc<AtomicU32>| number.fetch_add(count, Ordering::SeqCst) + count;
        let late = thread.ask(
            move |number| {
                let _ = frozen.recv();
                add(1)(number)
            },
            |number, _| {
                number.fetch_sub(1, Ordering::SeqCst);
            },
        );
        assert_eq!((late, thread.is_silent()), (Err(Unanswered), true));
        // It is not waited for again.
        thread.within = LONG;
        assert_eq!(thread.ask(add(10), |_, _| {}), Err(Unanswered));
        drop(thaw);
        let answered = std::iter::repeat_with(|| {
            std::thread::yield_now();
            thread.ask(add(100), |_, _| {})
        })
        .find_map(Result::ok);
        // Neither the late one nor the one that was not begun counts.
        assert_eq!((answered, thread.is_silent()), (Some(100), false));
    }

    #[test]
    fn nobody_waits_for_the_end_of_a_silent_one() {
        let mut thread = DiskThread::new("disk", SHORT, ());
        let (_frozen, wait) = bounded::<()>(0);
        assert_eq!(thread.ask(move |()| wait.recv().is_ok(), |(), _| {}), Err(Unanswered));
        drop(thread);
    }
}
