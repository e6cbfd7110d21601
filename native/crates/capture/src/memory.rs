//! What the C library does with freed memory. Rust's own goes through another allocator; this is that of the libraries around.
#![allow(unsafe_code, reason = "malloc_trim(3) has no safe name")]

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
