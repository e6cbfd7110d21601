//! Rights of this process (capabilities(7)): what is left of them while interfaces are opened as another user, and
//! giving up the rest.
#![allow(unsafe_code, reason = "system calls that the standard library has no names for")]

use std::io::{Error, Result};

/// `CAP_NET_ADMIN`: promiscuous mode, and a BPF filter on a socket of another user's.
const NET_ADMIN: u32 = 12;
/// `CAP_NET_RAW`: packet sockets.
const NET_RAW: u32 = 13;
/// `_LINUX_CAPABILITY_VERSION_3`: two words of 32 bits.
const VERSION: u32 = 0x2008_0522;

/// `struct __user_cap_header_struct`.
#[repr(C)]
struct Header {
    version: u32,
    process: i32,
}

/// `struct __user_cap_data_struct`.
#[repr(C)]
#[derive(Clone, Copy, Default)]
struct Set {
    effective: u32,
    permitted: u32,
    inheritable: u32,
}

/// Keeps the capabilities of the calling thread over its next change of user, where they become permitted only.
///
/// # Errors
/// The system's error.
pub fn keep_over_change_of_user() -> Result<()> {
    // SAFETY: takes no pointers.
    let result = unsafe { libc::prctl(libc::PR_SET_KEEPCAPS, 1, 0, 0, 0) };
    if result < 0 { Err(Error::last_os_error()) } else { Ok(()) }
}

/// Leaves the calling thread the rights to open interfaces, as far as it has them, and no other; threads that it starts have the
/// same. Without `CAP_NET_ADMIN`, as in a container, sockets open all the same.
///
/// # Errors
/// The system's error; "operation not permitted" when it may open no packet socket.
pub fn keep_those_to_capture() -> Result<()> {
    set(1 << NET_RAW | (permitted()? & 1 << NET_ADMIN))
}

/// Takes every capability from the calling thread for good; threads that it starts have none either.
///
/// # Errors
/// The system's error.
pub fn give_up_all() -> Result<()> {
    // Without it, a program that is run could get rights back by its file's.
    // SAFETY: takes no pointers.
    if unsafe { libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) } < 0 {
        return Err(Error::last_os_error());
    }
    set(0)
}

/// The first 32 capabilities that the calling thread may have.
fn permitted() -> Result<u32> {
    let mut header = Header { version: VERSION, process: 0 };
    let mut sets = [Set::default(); 2];
    // SAFETY: header and sets are what version 3 of the call reads and writes, and live until it returns.
    let result = unsafe { libc::syscall(libc::SYS_capget, &raw mut header, sets.as_mut_ptr()) };
    if result < 0 { Err(Error::last_os_error()) } else { Ok(sets[0].permitted) }
}

fn set(low: u32) -> Result<()> {
    let header = Header { version: VERSION, process: 0 };
    let sets = [Set { effective: low, permitted: low, inheritable: 0 }, Set::default()];
    // SAFETY: header and sets are what version 3 of the call reads, and live until it returns.
    let result = unsafe { libc::syscall(libc::SYS_capset, &raw const header, sets.as_ptr()) };
    if result < 0 { Err(Error::last_os_error()) } else { Ok(()) }
}
