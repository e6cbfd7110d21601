//! What the C library does with freed memory, the kernel with what is asked for, and the processor's caches. Rust's own memory
//! goes through another allocator; the first is that of the libraries around.
#![allow(unsafe_code, reason = "malloc_trim(3), prctl(2) and fetching ahead have no safe names")]

use std::mem::MaybeUninit;

/// Gives back to the system what was freed. The C library keeps pages between blocks that are in use, more and more of them
/// where large and small blocks take turns: a process that runs for months grows without holding anything. Takes
/// milliseconds; whoever allocates from the C library meanwhile waits. Returns whether anything went.
pub fn give_back_freed() -> bool {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    {
        // SAFETY: takes no pointers; the C library locks its own heaps.
        unsafe { libc::malloc_trim(0) == 1 }
    }
    #[cfg(not(all(target_os = "linux", target_env = "gnu")))]
    false
}

/// Has this process use small pages only from now on (`PR_SET_THP_DISABLE`, prctl(2)). A huge page holds 2 MiB from its first
/// byte on: where buffers of some megabytes come and go, a quarter of the memory is pages that nobody fills. Returns whether
/// the kernel does so.
pub fn use_small_pages() -> bool {
    #[cfg(target_os = "linux")]
    {
        const YES: libc::c_ulong = 1;
        const UNUSED: libc::c_ulong = 0;
        // SAFETY: takes no pointers; the unused arguments are zero as this option demands.
        unsafe { libc::prctl(libc::PR_SET_THP_DISABLE, YES, UNUSED, UNUSED, UNUSED) == 0 }
    }
    #[cfg(not(target_os = "linux"))]
    false
}

/// Has the processor bring `bytes`, or the first 2 KiB of them, to its second-level cache while it goes on: they are looked at soon,
/// and lie in that of another core or in memory. Only a hint, and none on processors other than x86-64.
#[inline]
pub fn fetch_ahead(bytes: &[u8]) {
    /// More would push others out before they are looked at.
    const MOST_BYTES: usize = 2 << 10;
    #[cfg(target_arch = "x86_64")]
    fetch::<{ std::arch::x86_64::_MM_HINT_T1 }>(bytes.as_ptr(), bytes.len().min(MOST_BYTES));
    #[cfg(not(target_arch = "x86_64"))]
    let _ = (bytes, MOST_BYTES);
}

/// The same for room that is written to next, as much of it as a segment of TCP in Ethernet fills. Until a line has come, what is
/// written to it waits in the processor, and all that is written after it.
#[inline]
pub fn fetch_room(room: &[MaybeUninit<u8>]) {
    /// 24 lines: 1,460 bytes begin anywhere in a line.
    const MOST_BYTES: usize = 1_536;
    #[cfg(target_arch = "x86_64")]
    fetch::<{ std::arch::x86_64::_MM_HINT_ET0 }>(room.as_ptr().cast(), room.len().min(MOST_BYTES));
    #[cfg(not(target_arch = "x86_64"))]
    let _ = (room, MOST_BYTES);
}

#[cfg(target_arch = "x86_64")]
#[inline(always)]
fn fetch<const HINT: i32>(first: *const u8, bytes: usize) {
    /// Bytes of a line of a cache.
    const LINE: usize = 64;
    for at in (0..bytes).step_by(LINE) {
        // SAFETY: a hint reads and writes nothing that a program sees, wherever it points; this is within what was given.
        unsafe {
            std::arch::x86_64::_mm_prefetch::<HINT>(first.wrapping_add(at).cast());
        }
    }
}
