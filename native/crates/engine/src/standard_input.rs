//! Standard input, read to its end.

use rustix::event::{PollFd, PollFlags, poll};
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::os::fd::AsFd;

/// Standard input. Who opened it before may have told it not to wait (`O_NONBLOCK`, which Node sets on a pipe), and that holds
/// for all who read it: where nothing is there yet, this waits.
pub struct StandardInput(File);

impl StandardInput {
    /// A descriptor of its own: others may close theirs.
    ///
    /// # Errors
    /// When standard input is closed, or there are too many open files.
    pub fn open() -> std::io::Result<Self> {
        Ok(Self(File::from(std::io::stdin().as_fd().try_clone_to_owned()?)))
    }
}

impl Read for StandardInput {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        loop {
            match self.0.read(buffer) {
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    poll(&mut [PollFd::new(&self.0, PollFlags::IN)], None)?;
                }
                read => return read,
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};
    use std::io::Write;
    use std::os::fd::OwnedFd;

    #[test]
    fn a_pipe_that_was_told_not_to_wait_is_waited_for() {
        let (reader, mut writer) = std::io::pipe().unwrap();
        fcntl_setfl(&reader, fcntl_getfl(&reader).unwrap() | OFlags::NONBLOCK).unwrap();
        let mut input = StandardInput(File::from(OwnedFd::from(reader)));
        // Whoever reads first finds nothing yet, or the test shows nothing.
        let mut byte = [0];
        assert_eq!(input.0.read(&mut byte).map_err(|error| error.kind()), Err(ErrorKind::WouldBlock));
        let reading = std::thread::spawn(move || {
            let mut all = Vec::new();
            input.read_to_end(&mut all).map(|_| all)
        });
        writer.write_all(b"one").unwrap();
        writer.write_all(b"two").unwrap();
        drop(writer);
        assert_eq!(reading.join().unwrap().unwrap(), b"onetwo");
    }
}
