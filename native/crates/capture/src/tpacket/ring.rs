//! The ring's memory, shared with the kernel.
#![allow(unsafe_code, reason = "maps memory that the kernel writes")]

use crate::socket::PacketSocket;
use std::io::{Error, Result};
use std::ptr::NonNull;
use std::sync::atomic::{AtomicU32, Ordering};

/// `TP_STATUS_USER`: the block is ours to read.
const USER: u32 = 1;
/// `TP_STATUS_KERNEL`: the block is the kernel's to fill.
const KERNEL: u32 = 0;
/// Offset of `block_status` in a block's descriptor.
const STATUS: usize = 8;

/// A mapped ring of blocks. A block belongs to the kernel or to us, as its status says.
#[derive(Debug)]
pub struct Ring {
    memory: NonNull<u8>,
    block_bytes: usize,
    blocks: usize,
}

// SAFETY: the mapping belongs to this value alone; the kernel does not care which thread reads it.
unsafe impl Send for Ring {}

impl Ring {
    /// Maps the ring that the socket was given.
    ///
    /// # Errors
    /// The system's error.
    pub fn map(socket: &PacketSocket, block_bytes: usize, blocks: usize) -> Result<Self> {
        // SAFETY: asks for a new mapping; nothing that exists is touched.
        let memory = unsafe {
            libc::mmap(
                std::ptr::null_mut(),
                block_bytes * blocks,
                libc::PROT_READ | libc::PROT_WRITE,
                libc::MAP_SHARED,
                socket.descriptor(),
                0,
            )
        };
        if memory == libc::MAP_FAILED {
            return Err(Error::last_os_error());
        }
        NonNull::new(memory.cast::<u8>())
            .map(|memory| Self { memory, block_bytes, blocks })
            .ok_or_else(|| Error::other("the ring was mapped at address 0"))
    }

    /// Blocks in the ring.
    pub fn blocks(&self) -> usize {
        self.blocks
    }

    fn status(&self, block: usize) -> &AtomicU32 {
        let at = block % self.blocks * self.block_bytes + STATUS;
        // SAFETY: inside the mapping, aligned to 4 (blocks are whole pages), and lives as long as `self`. The kernel
        // changes it too, which is what an atomic is for.
        unsafe { AtomicU32::from_ptr(self.memory.as_ptr().add(at).cast()) }
    }

    /// Whether the block is ours.
    pub fn is_ready(&self, block: usize) -> bool {
        self.status(block).load(Ordering::Acquire) & USER != 0
    }

    /// The bytes of a block, if it is ours.
    pub fn block(&self, block: usize) -> Option<&[u8]> {
        if !self.is_ready(block) {
            return None;
        }
        let at = block % self.blocks * self.block_bytes;
        // SAFETY: inside the mapping. The kernel writes nothing into a block that is ours, and it becomes the kernel's
        // only through `release`, which takes `self` mutably.
        Some(unsafe { std::slice::from_raw_parts(self.memory.as_ptr().add(at), self.block_bytes) })
    }

    /// Gives a block back to the kernel.
    pub fn release(&mut self, block: usize) {
        self.status(block).store(KERNEL, Ordering::Release);
    }
}

impl Drop for Ring {
    fn drop(&mut self) {
        // SAFETY: unmaps what `map` mapped; no slice of it outlives `self`.
        unsafe {
            libc::munmap(self.memory.as_ptr().cast(), self.block_bytes * self.blocks);
        }
    }
}
