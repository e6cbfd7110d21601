//! What the C library does with freed memory, the kernel with what is asked for, and the processor's caches. Rust's own memory
//! goes through another allocator; the first is that of the libraries around.
#![allow(unsafe_code, reason = "malloc_trim(3), prctl(2) and fetching ahead have no safe names")]

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
    #[cfg(target_arch = "x86_64")]
    {
        /// Bytes of a line of a cache.
        const LINE: usize = 64;
        /// Lines that are fetched at most: more would push others out before they are looked at.
        const MOST_LINES: usize = 32;
        for line in bytes.chunks(LINE).take(MOST_LINES) {
            // SAFETY: a hint (PREFETCHT1) reads and writes nothing that a program sees, wherever it points; this is within `bytes`.
            unsafe {
                std::arch::x86_64::_mm_prefetch::<{ std::arch::x86_64::_MM_HINT_T1 }>(line.as_ptr().cast());
            }
        }
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = bytes;
}
