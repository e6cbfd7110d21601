//! AF_PACKET sockets: the system calls that the standard library has no names for.
#![allow(unsafe_code, reason = "system calls on memory and descriptors that this module owns")]

use crate::filter::Program;
use std::io::{Error, Result};
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::time::Duration;

/// What the kernel says about an interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InterfaceFacts {
    /// Its number.
    pub index: u32,
    /// ARPHRD number of its hardware.
    pub hardware_type: u32,
    /// Largest payload in bytes.
    pub mtu: u32,
    /// Whether it is up (`IFF_UP`).
    pub is_up: bool,
}

/// A socket to ask the kernel about interfaces by, and a request about the one of that name; none where there can be none.
pub(crate) fn interface_request(name: &str) -> Option<(OwnedFd, libc::ifreq)> {
    // Any socket will do, and one of this family needs no permission.
    // SAFETY: takes no pointers.
    let descriptor =
        check(unsafe { libc::socket(libc::AF_INET, libc::SOCK_DGRAM | libc::SOCK_CLOEXEC, 0) }).ok()?;
    // SAFETY: the descriptor was just made and belongs to nobody else.
    let socket = unsafe { OwnedFd::from_raw_fd(descriptor) };
    // SAFETY: every member of ifreq may be zero.
    let mut request: libc::ifreq = unsafe { std::mem::zeroed() };
    // The last byte stays zero and ends the name.
    if name.is_empty() || name.len() >= request.ifr_name.len() {
        return None;
    }
    for (place, byte) in request.ifr_name.iter_mut().zip(name.bytes()) {
        *place = byte as libc::c_char;
    }
    Some((socket, request))
}

/// Asks the kernel about an interface of this network namespace; none when there is none of that name.
pub fn interface_facts(name: &str) -> Option<InterfaceFacts> {
    let (socket, mut request) = interface_request(name)?;
    let mut ask = |what: libc::Ioctl| {
        // SAFETY: the request is a whole ifreq, which these four fill, and lives until the call returns.
        check(unsafe { libc::ioctl(socket.as_raw_fd(), what, &raw mut request) }).ok().map(|_| request)
    };
    // SAFETY: each call filled the member that is read.
    unsafe {
        Some(InterfaceFacts {
            index: ask(libc::SIOCGIFINDEX)?.ifr_ifru.ifru_ifindex as u32,
            hardware_type: u32::from(ask(libc::SIOCGIFHWADDR)?.ifr_ifru.ifru_hwaddr.sa_family),
            mtu: ask(libc::SIOCGIFMTU)?.ifr_ifru.ifru_mtu as u32,
            is_up: i32::from(ask(libc::SIOCGIFFLAGS)?.ifr_ifru.ifru_flags) & libc::IFF_UP != 0,
        })
    }
}

/// A packet socket.
#[derive(Debug)]
pub struct PacketSocket {
    descriptor: OwnedFd,
}

/// `struct tpacket_stats_v3`, as far as it is used: counts since they were last asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RingStatistics {
    /// Packets that came, with those for which there was no room.
    pub packets: u32,
    /// Packets for which there was no room.
    pub drops: u32,
}

/// What waiting for a socket found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Readiness {
    /// Something to read.
    Ready,
    /// Nothing within the time.
    Nothing,
    /// The interface went down or away.
    Fault,
}

fn check(result: libc::c_int) -> Result<libc::c_int> {
    if result < 0 { Err(Error::last_os_error()) } else { Ok(result) }
}

impl PacketSocket {
    /// A raw packet socket that receives nothing before it is bound.
    ///
    /// # Errors
    /// The system's error: without CAP_NET_RAW it is "operation not permitted".
    pub fn open() -> Result<Self> {
        // SAFETY: takes no pointers.
        let descriptor =
            check(unsafe { libc::socket(libc::AF_PACKET, libc::SOCK_RAW | libc::SOCK_CLOEXEC, 0) })?;
        // SAFETY: the descriptor was just made and belongs to nobody else.
        Ok(Self { descriptor: unsafe { OwnedFd::from_raw_fd(descriptor) } })
    }

    /// The descriptor, for mapping and polling.
    pub fn descriptor(&self) -> libc::c_int {
        self.descriptor.as_raw_fd()
    }

    /// Sets an option whose value is plain data.
    fn set<T: Copy>(&self, level: libc::c_int, option: libc::c_int, value: &T) -> Result<()> {
        // SAFETY: the pointer and length are those of `value`, which lives until the call returns.
        check(unsafe {
            libc::setsockopt(
                self.descriptor(),
                level,
                option,
                std::ptr::from_ref(value).cast(),
                size_of::<T>() as libc::socklen_t,
            )
        })?;
        Ok(())
    }

    /// Chooses TPACKET_V3 and makes the ring.
    ///
    /// # Errors
    /// The system's error.
    pub fn make_ring(&self, block_bytes: u32, blocks: u32, retire: Duration) -> Result<()> {
        self.set(libc::SOL_PACKET, libc::PACKET_VERSION, &2_i32)?;
        // Frames have no fixed place in version 3; the kernel only checks that the numbers fit together.
        let frame_bytes = 2048;
        self.set(
            libc::SOL_PACKET,
            libc::PACKET_RX_RING,
            &libc::tpacket_req3 {
                tp_block_size: block_bytes,
                tp_block_nr: blocks,
                tp_frame_size: frame_bytes,
                tp_frame_nr: block_bytes / frame_bytes * blocks,
                tp_retire_blk_tov: retire.as_millis() as u32,
                tp_sizeof_priv: 0,
                tp_feature_req_word: 0,
            },
        )
    }

    /// Lets only packets in that the program accepts.
    ///
    /// # Errors
    /// The system's error.
    pub fn attach(&self, program: &Program) -> Result<()> {
        let mut instructions: Vec<libc::sock_filter> = program
            .instructions()
            .iter()
            .map(|instruction| libc::sock_filter {
                code: instruction.code,
                jt: instruction.jump_true,
                jf: instruction.jump_false,
                k: instruction.k,
            })
            .collect();
        let filter =
            libc::sock_fprog { len: instructions.len() as libc::c_ushort, filter: instructions.as_mut_ptr() };
        self.set(libc::SOL_SOCKET, libc::SO_ATTACH_FILTER, &filter)
    }

    /// Puts the interface into promiscuous mode for as long as the socket is open.
    ///
    /// # Errors
    /// The system's error.
    pub fn be_promiscuous(&self, index: u32) -> Result<()> {
        self.set(
            libc::SOL_PACKET,
            libc::PACKET_ADD_MEMBERSHIP,
            &libc::packet_mreq {
                mr_ifindex: index as libc::c_int,
                mr_type: libc::PACKET_MR_PROMISC as libc::c_ushort,
                mr_alen: 0,
                mr_address: [0; 8],
            },
        )
    }

    /// Joins the fanout group, in which the kernel gives every flow to one socket.
    ///
    /// # Errors
    /// The system's error.
    pub fn join_fanout(&self, group: u16) -> Result<()> {
        // Without PACKET_FANOUT_FLAG_DEFRAG: the kernel would join fragments and keep those that miss one, in no count. They
        // are packets of their own here, and one stream, whose thread joins them, gets those of all sockets.
        const HASH: u32 = 0; // PACKET_FANOUT_HASH
        self.set(libc::SOL_PACKET, libc::PACKET_FANOUT, &(u32::from(group) | HASH << 16))
    }

    /// Skips the queueing discipline when sending.
    ///
    /// # Errors
    /// The system's error.
    pub fn bypass_queue(&self) -> Result<()> {
        self.set(libc::SOL_PACKET, libc::PACKET_QDISC_BYPASS, &1_i32)
    }

    /// Begins to receive from (or makes sends go to) an interface; `protocol` is an ethertype, 0 receives nothing.
    ///
    /// # Errors
    /// The system's error.
    pub fn bind(&self, index: u32, protocol: u16) -> Result<()> {
        let address = libc::sockaddr_ll {
            sll_family: libc::AF_PACKET as libc::c_ushort,
            sll_protocol: protocol.to_be(),
            sll_ifindex: index as libc::c_int,
            sll_hatype: 0,
            sll_pkttype: 0,
            sll_halen: 0,
            sll_addr: [0; 8],
        };
        // SAFETY: the pointer and length are those of `address`, which lives until the call returns.
        check(unsafe {
            libc::bind(
                self.descriptor(),
                std::ptr::from_ref(&address).cast(),
                size_of::<libc::sockaddr_ll>() as libc::socklen_t,
            )
        })?;
        Ok(())
    }

    /// Number of the interface that it is bound to; none when the kernel has unbound it, as it does when the interface goes.
    ///
    /// # Errors
    /// The system's error.
    pub fn bound_to(&self) -> Result<Option<u32>> {
        // SAFETY: every member of sockaddr_ll may be zero.
        let mut address: libc::sockaddr_ll = unsafe { std::mem::zeroed() };
        let mut length = size_of_val(&address) as libc::socklen_t;
        // SAFETY: pointer and length are those of `address`, which lives until the call returns.
        check(unsafe {
            libc::getsockname(self.descriptor(), std::ptr::from_mut(&mut address).cast(), &raw mut length)
        })?;
        Ok(u32::try_from(address.sll_ifindex).ok().filter(|index| *index > 0))
    }

    /// Counts since the last call.
    ///
    /// # Errors
    /// The system's error.
    pub fn ring_statistics(&self) -> Result<RingStatistics> {
        let mut counts = [0_u32; 3];
        let mut length = size_of_val(&counts) as libc::socklen_t;
        // SAFETY: pointer and length are those of `counts`, which is as large as struct tpacket_stats_v3.
        check(unsafe {
            libc::getsockopt(
                self.descriptor(),
                libc::SOL_PACKET,
                libc::PACKET_STATISTICS,
                counts.as_mut_ptr().cast(),
                &raw mut length,
            )
        })?;
        Ok(RingStatistics { packets: counts[0], drops: counts[1] })
    }

    /// Waits until there is something to read.
    ///
    /// # Errors
    /// The system's error; a signal counts as nothing to read.
    pub fn wait(&self, longest: Duration) -> Result<Readiness> {
        let mut poll =
            libc::pollfd { fd: self.descriptor(), events: libc::POLLIN | libc::POLLERR, revents: 0 };
        let milliseconds = longest.as_millis().min(60_000) as libc::c_int;
        // SAFETY: one pollfd, which lives until the call returns.
        match check(unsafe { libc::poll(&raw mut poll, 1, milliseconds) }) {
            Ok(0) => Ok(Readiness::Nothing),
            Ok(_) if poll.revents & (libc::POLLERR | libc::POLLHUP | libc::POLLNVAL) != 0 => {
                self.clear_error();
                Ok(Readiness::Fault)
            }
            Ok(_) => Ok(Readiness::Ready),
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => Ok(Readiness::Nothing),
            Err(error) => Err(error),
        }
    }

    /// Takes the pending error off the socket, so that the next wait waits again.
    fn clear_error(&self) {
        let mut error: libc::c_int = 0;
        let mut length = size_of::<libc::c_int>() as libc::socklen_t;
        // SAFETY: pointer and length are those of `error`. That it fails changes nothing: the next wait tells again.
        unsafe {
            libc::getsockopt(
                self.descriptor(),
                libc::SOL_SOCKET,
                libc::SO_ERROR,
                std::ptr::from_mut(&mut error).cast(),
                &raw mut length,
            );
        }
    }

    /// Sends frames in one call; returns how many went out.
    ///
    /// # Errors
    /// The system's error when none did.
    pub fn send_many(&self, frames: &[&[u8]]) -> Result<usize> {
        let mut parts: Vec<libc::iovec> = frames
            .iter()
            .map(|frame| libc::iovec { iov_base: frame.as_ptr().cast_mut().cast(), iov_len: frame.len() })
            .collect();
        let mut messages: Vec<libc::mmsghdr> = parts
            .iter_mut()
            .map(|part| {
                // SAFETY: every member of msghdr may be zero.
                let mut header: libc::msghdr = unsafe { std::mem::zeroed() };
                header.msg_iov = part;
                header.msg_iovlen = 1;
                libc::mmsghdr { msg_hdr: header, msg_len: 0 }
            })
            .collect();
        // SAFETY: the messages point at `parts`, those at `frames`; all live until the call returns, which
        // writes nothing but the messages' lengths.
        let sent = check(unsafe {
            libc::sendmmsg(self.descriptor(), messages.as_mut_ptr(), messages.len() as libc::c_uint, 0)
        })?;
        Ok(sent as usize)
    }
}
