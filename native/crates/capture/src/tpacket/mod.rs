//! Linux AF_PACKET with TPACKET_V3: the kernel fills blocks of a ring that is mapped here; no call per packet.

pub mod block;
pub mod ring;

use crate::batch::Batch;
use crate::filter::Program;
use crate::interface::{self, Interface};
use crate::interface_losses::InterfaceLosses;
use crate::socket::{PacketSocket, Readiness};
use crate::source::{Arrived, PacketSource, SourceError, SourceStatistics};
use block::{BlockHeader, packet_at};
use ring::Ring;
use std::time::{Duration, Instant};

/// `ETH_P_ALL`.
const EVERY_PROTOCOL: u16 = 3;
/// Longest the kernel keeps a block that is not full, so that a quiet link's packets come soon.
const RETIRE: Duration = Duration::from_millis(100);
/// Longest time that the other threads of an interface need to give up their sockets of the one before.
const MOST_REFUSED: Duration = Duration::from_secs(10);
/// What joining a fanout group is called where it fails.
const JOIN: &str = "join the fanout group";
/// Bytes of a block: `tpacketv3BlockSize` is rounded to a power of two between these.
const BLOCK_BYTES: (u32, u32) = (1 << 16, 1 << 24);

/// How an interface is read.
#[derive(Clone, Debug)]
pub struct TpacketOptions {
    /// Its name.
    pub interface: String,
    /// `bpf`: which packets the kernel lets through; empty for all.
    pub filter: String,
    /// `snapLen`: bytes of a packet that are kept.
    pub snaplen: u32,
    /// `tpacketv3BlockSize`, bytes.
    pub block_bytes: u32,
    /// Bytes of the whole ring.
    pub ring_bytes: u32,
    /// Number of the fanout group that several sockets of one interface share; none for a single socket.
    pub fanout: Option<u16>,
    /// Whether to see packets that are not for this host.
    pub promiscuous: bool,
    /// Whether to count what the interface itself loses: one of the sockets of an interface does.
    pub counts_losses: bool,
    /// Whether sockets can be opened later, when the interface is ready: not by a process that gives up its rights.
    pub may_open_later: bool,
}

/// A socket on an interface, with its ring.
struct Attached {
    socket: PacketSocket,
    ring: Ring,
    /// The block to read next, and where in it.
    block: usize,
    place: Option<(u32, usize)>,
}

/// A ring on an interface.
pub struct TpacketSource {
    options: TpacketOptions,
    interface: Interface,
    link_type: u16,
    /// None while the interface is not ready.
    attached: Option<Attached>,
    arrived: Arrived,
    statistics: SourceStatistics,
    losses: Option<InterfaceLosses>,
    /// What interfaces of this name before this one lost.
    lost_before: u64,
    /// The interface went down, and was not seen up since: it may be another one of the same name by now, which nobody tells. That
    /// packets come says nothing: the kernel gives away what the ring of the one before still held.
    is_down: bool,
    down_since: Instant,
    /// Since when the fanout group of an interface that is up did not take the socket.
    refused_since: Option<Instant>,
}

impl TpacketSource {
    /// Opens the interface.
    ///
    /// # Errors
    /// See [`SourceError`].
    pub fn open(options: TpacketOptions) -> Result<Self, SourceError> {
        let interface = Interface::named(&options.interface).ok_or_else(|| SourceError::NoInterface {
            interface: options.interface.clone(),
            known: interface::names().join(", "),
        })?;
        let link_type = interface.link_type().ok_or_else(|| SourceError::LinkType {
            interface: options.interface.clone(),
            hardware_type: interface.hardware_type,
        })?;
        let program = Program::of_setting(&options.filter, link_type, options.snaplen)?;
        let attached = match Self::attach(&options, &interface, program.as_ref()) {
            // No group takes a socket of an interface that is down.
            Err(error) if is_refused(&error) && !interface.is_up && options.may_open_later => None,
            attached => Some(attached?),
        };
        let losses = options.counts_losses.then(|| InterfaceLosses::of(&interface));
        Ok(Self {
            options,
            interface,
            link_type,
            is_down: attached.is_none(),
            attached,
            arrived: Arrived::default(),
            statistics: SourceStatistics::default(),
            losses,
            lost_before: 0,
            down_since: Instant::now(),
            refused_since: None,
        })
    }

    fn attach(
        options: &TpacketOptions,
        interface: &Interface,
        program: Option<&Program>,
    ) -> Result<Attached, SourceError> {
        let failed = |action: &'static str| {
            let name = interface.name.clone();
            move |source: std::io::Error| match source.raw_os_error() {
                Some(libc::EPERM | libc::EACCES) => SourceError::NotPermitted { interface: name },
                _ => SourceError::System { interface: name, action, source },
            }
        };
        let block_bytes = options
            .block_bytes
            .clamp(BLOCK_BYTES.0, BLOCK_BYTES.1)
            .checked_next_power_of_two()
            .unwrap_or(BLOCK_BYTES.1);
        let blocks = (options.ring_bytes / block_bytes).max(2);
        let socket = PacketSocket::open().map_err(failed("open a packet socket"))?;
        socket.make_ring(block_bytes, blocks, RETIRE).map_err(failed("make a ring"))?;
        if let Some(program) = program {
            socket.attach(program).map_err(failed("attach the filter"))?;
        }
        let ring =
            Ring::map(&socket, block_bytes as usize, blocks as usize).map_err(failed("map the ring"))?;
        if options.promiscuous {
            socket.be_promiscuous(interface.index).map_err(failed("set promiscuous mode"))?;
        }
        socket.bind(interface.index, EVERY_PROTOCOL).map_err(failed("bind"))?;
        if let Some(group) = options.fanout {
            socket.join_fanout(group).map_err(failed(JOIN))?;
        }
        Ok(Attached { socket, ring, block: 0, place: None })
    }

    /// Copies packets of blocks that are ours until the batch is full or no block is left.
    fn drain(&mut self, batch: &mut Batch) {
        let Some(attached) = &mut self.attached else { return };
        while let Some(block) = attached.ring.block(attached.block) {
            let (mut left, mut at) = match attached.place.take() {
                Some(place) => place,
                None => match BlockHeader::read(block) {
                    Some(header) => (header.packets, header.first as usize),
                    None => (0, 0),
                },
            };
            while left > 0 {
                let Some((packet, next)) = packet_at(block, at) else { break };
                // The loopback interface shows every packet going out and coming in; once is enough.
                let twice = packet.outgoing && self.interface.hardware_type == interface::LOOPBACK;
                if twice {
                    self.statistics.duplicate += 1;
                } else {
                    let (addresses, rest) = packet.frame.split_at(packet.frame.len().min(12));
                    let tag = packet.vlan.as_ref().map_or(&[][..], |tag| &tag[..]);
                    let parts = [addresses, tag, rest];
                    if !batch.push(packet.timestamp_ns, packet.original_length, self.options.snaplen, &parts)
                    {
                        attached.place = Some((left, at));
                        return;
                    }
                }
                self.arrived.read += 1;
                left -= 1;
                // The kernel lays packets out forwards; anything else would go round in circles.
                if next <= at {
                    break;
                }
                at = next;
            }
            if left > 0 {
                self.arrived.read += u64::from(left);
                self.statistics.damaged_blocks += 1;
                self.statistics.lose(u64::from(left));
            }
            attached.ring.release(attached.block);
            attached.block = (attached.block + 1) % attached.ring.blocks();
        }
    }

    /// While the interface is down: waits for it, and opens it again when it is another one of the same name.
    fn recover(&mut self) -> Result<(), SourceError> {
        let Some(now) = Interface::named(&self.options.interface) else {
            std::thread::sleep(RETIRE);
            return Ok(());
        };
        // The socket stays bound while the interface is down and receives again once it is up.
        // One that left for another network namespace and came back has its number again, and no socket.
        let bound = self.attached.as_ref().and_then(|attached| attached.socket.bound_to().ok().flatten());
        if bound == Some(now.index) {
            self.is_down = !now.is_up;
            return Ok(());
        }
        // Packets of another kind do not go into the same files: whoever supervises starts anew.
        if now.link_type() != Some(self.link_type) {
            let (interface, hardware_type) = (now.name, now.hardware_type);
            return Err(SourceError::LinkType { interface, hardware_type });
        }
        self.count();
        let unread = self.arrived.unread();
        // The kernel gives the last block away when its time is over.
        if unread > 0 && self.down_since.elapsed() < 2 * RETIRE {
            std::thread::sleep(RETIRE / 4);
            return Ok(());
        }
        self.statistics.lose(unread);
        self.arrived.read += unread;
        // First: a fanout group that still has a socket of the interface before takes none of this one.
        self.attached = None;
        let program = Program::of_setting(&self.options.filter, self.link_type, self.options.snaplen)?;
        match Self::attach(&self.options, &now, program.as_ref()) {
            // It is gone again, or not ready yet.
            Err(error) if is_gone(&error) => std::thread::sleep(RETIRE),
            // It is down, or another thread still has its socket of the interface before.
            Err(error) if is_refused(&error) && self.may_be_refused(&now) => std::thread::sleep(RETIRE),
            attached => {
                self.attached = Some(attached?);
                self.refused_since = None;
                self.is_down = !now.is_up;
                self.lost_before = self.statistics.dropped_by_interface.unwrap_or(0);
                self.losses = self.options.counts_losses.then(|| InterfaceLosses::of(&now));
                self.interface = now;
            }
        }
        Ok(())
    }

    /// Whether a refusal of the fanout group may pass.
    fn may_be_refused(&mut self, interface: &Interface) -> bool {
        if !interface.is_up {
            self.refused_since = None;
            return true;
        }
        self.refused_since.get_or_insert_with(Instant::now).elapsed() < MOST_REFUSED
    }

    fn count(&mut self) {
        let Some(attached) = &self.attached else { return };
        // A socket that cannot say keeps what was counted so far.
        let Ok(counts) = attached.socket.ring_statistics() else { return };
        self.arrived.came += u64::from(counts.packets.saturating_sub(counts.drops));
        self.statistics.lose(u64::from(counts.drops));
    }
}

/// Whether the interface is not there, or down.
fn is_gone(error: &SourceError) -> bool {
    matches!(error, SourceError::System { source, .. }
        if matches!(source.raw_os_error(), Some(libc::ENODEV | libc::ENXIO | libc::ENETDOWN)))
}

/// Whether the fanout group did not take a socket: its interface is down, or the group has sockets of another one.
fn is_refused(error: &SourceError) -> bool {
    matches!(error, SourceError::System { action: JOIN, source, .. } if source.raw_os_error() == Some(libc::EINVAL))
}

impl PacketSource for TpacketSource {
    fn interface(&self) -> &str {
        &self.options.interface
    }
    fn link_type(&self) -> u16 {
        self.link_type
    }

    fn read(&mut self, batch: &mut Batch, wait: Duration) -> Result<(), SourceError> {
        self.drain(batch);
        if !batch.is_empty() {
            return Ok(());
        }
        if let Some(attached) = &self.attached {
            let readiness = attached.socket.wait(wait).map_err(|source| SourceError::System {
                interface: self.options.interface.clone(),
                action: "wait for packets",
                source,
            })?;
            if readiness == Readiness::Fault {
                self.statistics.went_down += 1;
                self.is_down = true;
                self.down_since = Instant::now();
            }
        }
        if self.is_down {
            self.recover()?;
        }
        self.drain(batch);
        Ok(())
    }

    fn arrived(&mut self) -> Option<Arrived> {
        self.count();
        Some(self.arrived)
    }

    fn statistics(&mut self) -> SourceStatistics {
        self.count();
        if let Some(lost) = self.losses.as_mut().and_then(InterfaceLosses::lost) {
            self.statistics.dropped_by_interface = Some(self.lost_before + lost);
        }
        self.statistics
    }
}
